"""Who may do which job, and why; which of them fit best, by text."""

from marketplace.matching.service import ranking
from marketplace.matching.service.indexing import (
    company_renamed,
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
from marketplace.matching.service.meaning import read, reading
from marketplace.matching.service.rules import HOUSE, PEOPLE
from marketplace.matching.service.sentence_model import SentenceModel

__all__ = [
    "HOUSE",
    "PEOPLE",
    "SentenceModel",
    "candidate",
    "company_renamed",
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
    "read",
    "reading",
    "refit",
    "who_fits",
    "work_approved",
]
