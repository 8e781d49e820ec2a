"""The doors of the board, of jobs, of applications, of certificates and of blocks."""

from marketplace.applications.views import (
    board,
    cards,
    companies,
    crawling,
    guideline,
    invitations,
    inviting,
    offers,
    proofs,
    saved,
    site,
    terms,
)
from marketplace.applications.views import jobs as job_pages
from marketplace.applications.views.applicants import bp as applicants
from marketplace.applications.views.blocks import blocks
from marketplace.applications.views.door import bp, certificates, jobs

__all__ = [
    "applicants",
    "blocks",
    "board",
    "bp",
    "cards",
    "certificates",
    "companies",
    "crawling",
    "guideline",
    "invitations",
    "inviting",
    "job_pages",
    "jobs",
    "offers",
    "proofs",
    "saved",
    "site",
    "terms",
]
