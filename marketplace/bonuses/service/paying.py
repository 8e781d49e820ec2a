"""Who met a promise is paid once, in the order of meeting it; what is left at the end goes back."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.bonuses import policy
from marketplace.bonuses.events import BonusEarned, BonusOver
from marketplace.bonuses.models import BonusPayment, BonusRule, BonusState
from marketplace.kit import clock, ids
from marketplace.kit.events import publish
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry
from marketplace.outbox import service as outbox


@dataclass(frozen=True, slots=True)
class Met:
    """Somebody whose approved answers are enough, and when the last one it takes was approved."""

    user_id: uuid.UUID
    at: datetime


def settle(
    session: Session, rule: BonusRule, met: Sequence[Met], *, undecided: bool
) -> Sequence[BonusPayment]:
    """Pay the first of `met` the places that are left; end the promise when nothing can be added to it.

    `rule` is locked by the caller, `met` holds nobody who has a place, the first one first.  `undecided`:
    work handed in before the end waits for its decision, so the rest stays reserved.  Returns who was paid
    now; the caller writes their earnings in the same transaction.
    """
    if rule.state is BonusState.OVER:
        return ()
    payments = [_place(rule, one) for one in met[: rule.left]]
    session.add_all(payments)
    now = clock.database_now(session)
    ends = rule.left == 0 or (policy.is_due(rule, rule.project, now) and not undecided)
    rest = rule.held_minor
    entries = [_pay(rule, one) for one in payments]
    if ends and rest:
        entries.append(_release(rule, rest))
    if entries:
        ledger.post_all(session, entries)
    for payment in payments:
        _record(session, "pay", rule, place=payment.place, user_id=payment.user_id)
        _announce(session, rule, payment)
    if ends:
        _end(session, rule, now, rest)
    return payments


def _place(rule: BonusRule, met: Met) -> BonusPayment:
    rule.paid_count += 1
    return BonusPayment(id=ids.new_id(), rule=rule, user_id=met.user_id, place=rule.paid_count, met_at=met.at)


def _pay(rule: BonusRule, payment: BonusPayment) -> Entry:
    reserved = (Kind.PROJECT_RESERVED, rule.project_id)
    return Entry(
        kind="bonus",
        key=f"bonus:{payment.id}",
        legs=[
            (reserved, (Kind.EXPERT_PENDING, payment.user_id), Money(rule.amount_minor, rule.currency)),
            (reserved, (Kind.PLATFORM_REVENUE, PLATFORM), Money(rule.fee_minor, rule.currency)),
        ],
        ref_type="bonus_rule",
        ref_id=rule.id,
        reason=f"Place {payment.place} of {rule.places}: {policy.condition(rule)}",
    )


def _release(rule: BonusRule, rest_minor: int) -> Entry:
    budget, reserved = (Kind.PROJECT_BUDGET, rule.project_id), (Kind.PROJECT_RESERVED, rule.project_id)
    return Entry(
        kind="bonus_release",
        key=f"bonus_rule:{rule.id}:release",
        closes=f"bonus_rule:{rule.id}",
        legs=[(reserved, budget, Money(rest_minor, rule.currency))],
        ref_type="bonus_rule",
        ref_id=rule.id,
    )


def _end(session: Session, rule: BonusRule, now: datetime, rest_minor: int) -> None:
    rule.move(BonusState.OVER)
    rule.over_at = now
    _record(session, "end", rule, paid_count=rule.paid_count, rest_minor=rest_minor)
    publish(
        session,
        BonusOver(
            rule_id=rule.id, project_id=rule.project_id, paid_count=rule.paid_count, rest_minor=rest_minor
        ),
    )
    if rest_minor:
        key = f"check_funds:bonus:{rule.id}"
        outbox.send(session, "projects.check_funds", key=key, project_id=str(rule.project_id))


def _announce(session: Session, rule: BonusRule, payment: BonusPayment) -> None:
    publish(
        session,
        BonusEarned(
            payment_id=payment.id,
            rule_id=rule.id,
            project_id=rule.project_id,
            user_id=payment.user_id,
            amount_minor=rule.amount_minor,
            place=payment.place,
        ),
    )


def _record(session: Session, verb: str, rule: BonusRule, **detail: int | uuid.UUID) -> None:
    audit.record(
        session,
        f"clock:bonus_rule:{verb}",
        actor_id=None,
        subject_type="bonus_rule",
        subject_id=rule.id,
        project_id=rule.project_id,
        **detail,
    )
