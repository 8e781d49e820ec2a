"""The doors of the board, of jobs and of applications."""

from marketplace.applications.views import board, cards, crawling, guideline, offers, saved, site
from marketplace.applications.views import jobs as job_pages
from marketplace.applications.views.door import bp, jobs

__all__ = ["board", "bp", "cards", "crawling", "guideline", "job_pages", "jobs", "offers", "saved", "site"]
