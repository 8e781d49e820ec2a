"""Judge the steps of a solution one by one, or write a solution in steps."""

from workspace.task_types.chain_of_thought.kind import ChainOfThought

TYPE = ChainOfThought()
__all__ = ["TYPE", "ChainOfThought"]
