"""Who has to know that the books are not right: everybody of finance, and the admins."""

from sqlalchemy.orm import Session

from marketplace.identity import queries as identity
from marketplace.identity.models import Role
from marketplace.ledger.events import DifferencesFound, RuleBroken
from marketplace.notifications import service as notifications

PAGE = "/staff/reconciliation"


def tell_differences(session: Session, fact: DifferencesFound) -> None:
    """Said once for each comparison that found something new."""
    count = fact.found_count
    _tell(
        session,
        fact.name,
        f"{count} {'difference' if count == 1 else 'differences'} between our books and the payment service",
        "Payouts have stopped until this is cleared up. The page says which entry it is.",
        PAGE,
    )


def tell_broken_rule(session: Session, fact: RuleBroken) -> None:
    """Said once, when the rule was whole before."""
    _tell(
        session,
        fact.name,
        "A rule of the books is broken",
        "Payouts may have stopped. Keep the database as it is, and tell an engineer.",
        "/staff/ledger",
    )


def _tell(session: Session, kind: str, title: str, body: str, path: str) -> None:
    people = {
        user.id for role in (Role.FINANCE, Role.ADMIN) for user in identity.users_with_role(session, role)
    }
    for user_id in sorted(people):
        notifications.tell(session, user_id, kind=kind, title=title, body=body, path=path)
