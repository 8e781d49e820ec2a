"""Practice: tasks of every type for everybody, explained at once; nothing is kept."""
