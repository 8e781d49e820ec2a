"""The doors of tasks: an expert's claims, a company's imports."""

from workspace.queue.views.asking import bp as questions
from workspace.queue.views.claims import bp as claims
from workspace.queue.views.company import bp as company
from workspace.queue.views.imports import bp as imports

__all__ = ["claims", "company", "imports", "questions"]
