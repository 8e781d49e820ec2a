"""Accounts, postings, balances; knows nothing of who or why."""
