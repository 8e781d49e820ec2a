"""Speed on this machine, as tables; never a test."""
