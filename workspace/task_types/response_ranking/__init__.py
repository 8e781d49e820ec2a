"""Put 2 to 8 responses in order, say how much better, and why."""

from workspace.task_types.response_ranking.kind import ResponseRanking

TYPE = ResponseRanking()
__all__ = ["TYPE", "ResponseRanking"]
