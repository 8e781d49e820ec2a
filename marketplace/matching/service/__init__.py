"""Who may do which job, and why; which of them fit best, by text."""

from marketplace.matching.service import ranking
from marketplace.matching.service.indexing import (
    expert_changed,
    index_expert,
    index_project,
    index_work,
    project_changed,
    refit,
    work_approved,
)
from marketplace.matching.service.judging import (
    candidate,
    eligibility,
    eligible_now,
    fit_sentence,
    fits,
    who_fits,
)
from marketplace.matching.service.rules import HOUSE, PEOPLE

__all__ = [
    "HOUSE",
    "PEOPLE",
    "candidate",
    "eligibility",
    "eligible_now",
    "expert_changed",
    "fit_sentence",
    "fits",
    "index_expert",
    "index_project",
    "index_work",
    "project_changed",
    "ranking",
    "refit",
    "who_fits",
    "work_approved",
]
