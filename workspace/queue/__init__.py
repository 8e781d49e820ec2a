"""Batches, tasks and assignments: import, claim, extend, release, expire."""
