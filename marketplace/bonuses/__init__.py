"""Bonuses a company promises beforehand for approved answers, and cannot take back."""
