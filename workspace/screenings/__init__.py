"""Paid screenings taken and graded: the items with their types' templates, the drafts, the marks, appeals."""
