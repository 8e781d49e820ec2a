"""Write the answer a model should have given."""

from workspace.task_types.golden_response.kind import GoldenResponse

TYPE = GoldenResponse()
__all__ = ["TYPE", "GoldenResponse"]
