"""Promises kept after commit, facts from outside once each, and the worker that keeps them."""
