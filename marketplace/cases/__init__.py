"""Money moved by hand: proposed by one person, decided by another, always with a reason."""
