"""The doors of an expert's own work, and a company's to withdrawing it."""

from workspace.submissions.views import answers, lists, stopping, talk, time, withdrawing, work
from workspace.submissions.views.door import bp

company = withdrawing.company

__all__ = ["answers", "bp", "company", "lists", "stopping", "talk", "time", "withdrawing", "work"]
