"""What the rules ask about people and jobs."""

from marketplace.matching.queries.people import company_ids

__all__ = ["company_ids"]
