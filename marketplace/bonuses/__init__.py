"""Bonuses: promised beforehand for approved answers, or given to one person; nobody can take one back."""
