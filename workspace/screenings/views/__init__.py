"""The doors of screenings: taking one, grading, plans of companies and ops, appeals."""

from workspace.screenings.views import appeals, grading, plans, results, taking
from workspace.screenings.views.door import bp, gradings, plans_bp, staff

__all__ = ["appeals", "bp", "grading", "gradings", "plans", "plans_bp", "results", "staff", "taking"]
