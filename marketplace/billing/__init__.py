"""Company money coming in: deposits."""
