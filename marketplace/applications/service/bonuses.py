"""Whoever works on a project hears of the bonuses promised there."""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from marketplace.applications import queries
from marketplace.bonuses import policy as bonus_policy
from marketplace.bonuses import queries as bonuses
from marketplace.bonuses.events import BonusExtended, BonusPromised
from marketplace.bonuses.models import BonusRule
from marketplace.kit.money import shown
from marketplace.notifications import service as notifications
from marketplace.outbox import service as outbox
from marketplace.outbox.service import Payload

TOLD_AT_ONCE = 100


def announce_bonus(session: Session, fact: BonusPromised | BonusExtended) -> None:
    """A bonus was promised, or ends later: promise that everybody who works there is told."""
    _go_on(session, fact.rule_id, longer=isinstance(fact, BonusExtended), behind=None)


def tell_bonus(session: Session, payload: Payload) -> None:
    """Tell some of those who work on the project; who comes after them by key has a message of its own."""
    rule = bonuses.rule(session, uuid.UUID(payload["rule_id"]))
    if rule is None or rule.left == 0:
        return
    after = uuid.UUID(payload["behind"]) if "behind" in payload else None
    some = queries.engagements_after(session, rule.project_id, after, at_most=TOLD_AT_ONCE)
    if len(some) == TOLD_AT_ONCE:
        _go_on(session, rule.id, longer=payload["longer"], behind=some[-1].id)
    for engagement in some:
        _tell(session, engagement.expert.user_id, rule, longer=payload["longer"])


def _go_on(session: Session, rule_id: uuid.UUID, *, longer: bool, behind: uuid.UUID | None) -> None:
    said: dict[str, Any] = {"behind": str(behind)} if behind else {}
    outbox.send(session, "applications.tell_bonus", rule_id=str(rule_id), longer=longer, **said)


def _tell(session: Session, user_id: uuid.UUID, rule: BonusRule, *, longer: bool) -> None:
    amount = shown(rule.amount_minor, rule.currency)
    where = f"“{rule.project.title}”"
    notifications.tell(
        session,
        user_id,
        kind="bonus_extended" if longer else "bonus_promised",
        title=f"More time for the bonus of {amount} on {where}"
        if longer
        else f"A bonus of {amount} on {where}",
        body=f"{bonus_policy.condition(rule)}. {bonus_policy.places_words(rule)}. "
        "The money is reserved, and nobody can change or withdraw this.",
        path=f"/jobs/{rule.project.slug}#bonuses",
    )
