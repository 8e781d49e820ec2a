"""The kinds of work, each a pure folder: no web, no database, no money."""
