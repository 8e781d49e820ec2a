"""Finding a person by the code a company knows them by."""

import uuid

from sqlalchemy.orm import Session

from marketplace.applications import queries
from marketplace.companies.policy import pseudonym
from marketplace.kit import ids


def known_as(session: Session, company_id: uuid.UUID, name: str) -> uuid.UUID | None:
    """The User whom the company knows by this code: the one in its exports, or the public one.

    Only people who have joined a project of the company are looked through, so that a code of somebody else
    and a code of nobody get one answer.  None too when two of them share a public code.
    """
    sought = name.strip().removeprefix("Expert ").casefold()
    found = {
        user_id
        for expert_id, user_id in queries.joined_of(session, company_id)
        if sought in {pseudonym(company_id, user_id), ids.code("E", expert_id).casefold()}
    }
    return found.pop() if len(found) == 1 else None
