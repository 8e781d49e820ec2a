"""Connections to addresses that other people chose: public ones only, and only the one that was checked."""
