"""What people and finance are told about tax that a law withholds."""

from sqlalchemy.orm import Session

from marketplace.identity import queries as users
from marketplace.identity.models import Role
from marketplace.notifications import service as notifications
from marketplace.payouts import events, queries
from marketplace.payouts.service.wording import sentence


def tell_proposed_withholding(session: Session, fact: events.WithholdingProposed) -> None:
    """Everybody else in finance can decide on it."""
    for user in users.users_with_role(session, Role.FINANCE):
        if user.id not in {fact.by_id, fact.user_id}:
            notifications.tell(
                session,
                user.id,
                kind=fact.name,
                title="Backup withholding of a person was proposed",
                body="It begins when a second person agrees.",
                path=f"/staff/payouts/withholding/{fact.user_id}",
            )


def tell_withholding_begun(session: Session, fact: events.WithholdingBegun) -> None:
    """Why, how much, and how it ends."""
    row = queries.withholding(session, fact.withholding_id)
    if row is not None:
        notifications.tell(
            session,
            fact.user_id,
            kind=fact.name,
            title="A law withholds a part of your payouts",
            body=f"{sentence(row.reason)} What is withheld goes to the tax authority and counts for your tax."
            " It ends when you sign a W-9 with the right number and finance has looked at it.",
            path="/earnings/tax",
        )


def tell_withholding_ended(session: Session, fact: events.WithholdingEnded) -> None:
    """From now on payouts are whole again."""
    row = queries.withholding(session, fact.withholding_id)
    if row is not None:
        notifications.tell(
            session,
            fact.user_id,
            kind=fact.name,
            title="Nothing is withheld from your payouts any more",
            body=f"{sentence(row.answer)} What was withheld before counts for your tax.",
            path="/earnings/tax",
        )
