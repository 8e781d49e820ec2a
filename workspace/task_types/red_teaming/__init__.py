"""Try to make a model fail and report how, or judge a conversation somebody recorded."""

from workspace.task_types.red_teaming.kind import RedTeaming

TYPE = RedTeaming()
__all__ = ["TYPE", "RedTeaming"]
