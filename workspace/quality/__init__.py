"""Agreement between opinions."""
