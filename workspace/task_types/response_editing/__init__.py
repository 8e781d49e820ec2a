"""Correct a model's response, or say that nothing has to change."""

from workspace.task_types.response_editing.kind import ResponseEditing

TYPE = ResponseEditing()
__all__ = ["TYPE", "ResponseEditing"]
