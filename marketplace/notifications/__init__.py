"""Notices: what a person is told, in the bell and by e-mail."""
