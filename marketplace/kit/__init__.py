"""Tools without business words: database, clock, money, states, access, forms, web."""
