"""The workspace: where work is done and judged."""
