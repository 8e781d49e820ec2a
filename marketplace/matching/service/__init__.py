"""Who may do which job, and why: shown on the board, and binding when work is claimed."""

from marketplace.matching.service.judging import (
    candidate,
    eligibility,
    eligible_now,
    fit_sentence,
    fits,
    who_fits,
)
from marketplace.matching.service.rules import HOUSE, PEOPLE

__all__ = ["HOUSE", "PEOPLE", "candidate", "eligibility", "eligible_now", "fit_sentence", "fits", "who_fits"]
