"""The marketplace: people, the work on offer, and the money."""
