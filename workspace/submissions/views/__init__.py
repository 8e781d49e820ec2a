"""The doors of an expert's own work."""

from workspace.submissions.views import answers, lists, stopping, talk, time, work
from workspace.submissions.views.door import bp

__all__ = ["answers", "bp", "lists", "stopping", "talk", "time", "work"]
