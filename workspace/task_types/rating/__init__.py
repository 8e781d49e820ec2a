"""Rate one response on a rubric with words at every point."""

from workspace.task_types.rating.kind import Rating

TYPE = Rating()
__all__ = ["TYPE", "Rating"]
