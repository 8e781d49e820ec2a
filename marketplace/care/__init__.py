"""Care for people who see sensitive content: what they opted in to, and how long they have seen it."""
