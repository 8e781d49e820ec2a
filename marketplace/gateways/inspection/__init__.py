"""Reading files of strangers: in a process of its own that has nothing to lose."""
