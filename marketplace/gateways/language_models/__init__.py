"""Chat models that a company lets its experts talk to."""
