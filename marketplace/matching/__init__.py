"""Who may do which work, and what would fix a miss."""
