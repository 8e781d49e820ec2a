"""Payday: a run begins with a person, so the people of finance are told that one is due."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from marketplace.identity import queries as identity
from marketplace.identity.models import Role
from marketplace.kit import clock
from marketplace.kit.money import shown
from marketplace.notifications import service as notifications
from marketplace.outbox import service as outbox
from marketplace.payouts import policy, queries
from marketplace.payouts.service.runs import limits


def payday(session: Session) -> None:
    """On a payday, promise everybody in finance one reminder; safe to run on any day, and twice."""
    now = clock.database_now(session)
    if not policy.is_payday(now):
        return
    for user in identity.users_with_role(session, Role.FINANCE):
        key = f"payouts.remind:{now:%Y%m%d}:{user.id}"
        outbox.send(session, "payouts.remind", key=key, user_id=str(user.id))


def remind(session: Session, payload: Mapping[str, Any]) -> None:
    """Tell one person in finance what a run prepared by them would pay; nothing when it pays nobody."""
    user_id = uuid.UUID(payload["user_id"])
    bounds = limits(clock.database_now(session), preparer_id=user_id)
    share = queries.shares(session, bounds)["payable"]
    if not share.people:
        return
    waiting = "1 person waits" if share.people == 1 else f"{share.people:,} people wait"
    notifications.tell(
        session,
        user_id,
        kind="payday",
        title=f"Payday: {shown(share.minor)} can be paid out",
        body=f"{waiting} for a payout run. Prepare it today; somebody else approves it.",
        path="/staff/payouts",
    )
