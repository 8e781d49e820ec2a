"""Mark the words of one response that are not so: what is wrong, how bad, and what is right."""

from workspace.task_types.hallucination_flagging.kind import HallucinationFlagging

TYPE = HallucinationFlagging()
__all__ = ["TYPE", "HallucinationFlagging"]
