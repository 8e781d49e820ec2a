"""Applying to a project and the engagement that follows."""
