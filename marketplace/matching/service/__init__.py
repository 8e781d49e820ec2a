"""Who may do which job, and why: shown on the board, and binding when work is claimed."""

from marketplace.matching.service.judging import candidate, eligibility, fits

__all__ = ["candidate", "eligibility", "fits"]
