"""Drafts, revisions, time entries and submitting."""
