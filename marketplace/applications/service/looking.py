"""What a search means: the same for the board, its feed, saved searches and their letters."""

from sqlalchemy.orm import Session

from marketplace.care import queries as care
from marketplace.experts.models import Expert
from marketplace.matching import service as matching
from marketplace.matching.policy import Candidate
from marketplace.projects.models import Project
from marketplace.projects.queries import Filters, Looking


def looking(
    session: Session, filters: Filters, expert: Expert | None = None, person: Candidate | None = None
) -> Looking:
    """The conditions behind the words of a search and, for an expert (User loaded), behind what is theirs.

    Nobody known: what somebody may start or agreed to is not asked.  `person` saves reading them again.
    """
    words = matching.ranking.finding(session, said(filters)) if filters.words else None
    if expert is None:
        return Looking(words=words)
    return Looking(
        words=words,
        eligible=matching.eligible_now(session, expert.user, expert, person),
        agreed=care.agreed(expert.user_id, Project.content_classes),
    )


def said(filters: Filters) -> str:
    """The words of a search as one text."""
    return " ".join(filters.words)
