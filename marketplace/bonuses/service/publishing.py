"""A company promises a bonus: its maximum is reserved, and from then on it can only end later."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.bonuses import policy, queries
from marketplace.bonuses.errors import NotOpen, NotPromised
from marketplace.bonuses.events import BonusExtended, BonusPromised
from marketplace.bonuses.models import BonusRule, BonusState
from marketplace.bonuses.policy import Promise
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Conflict
from marketplace.kit.events import publish
from marketplace.kit.money import Money
from marketplace.ledger import queries as ledger_queries
from marketplace.ledger import service as ledger
from marketplace.ledger.models import Kind
from marketplace.ledger.service import Entry
from marketplace.projects import queries as projects
from marketplace.projects.models import Project, ProjectState


def publish_bonus(
    session: Session, project: Project, *, by: User, promise: Promise, form_key: uuid.UUID
) -> BonusRule:
    """Promise a bonus on an open project and reserve its maximum from the budget.

    The same `form_key` promises nothing a second time.  Raises NotPromised (422) with the field that has
    to change, NotOpen (409) on a project that is not open, and the ledger's Overdraft (409) when a claim
    took the money in the same moment.
    """
    project = projects.lock(session, project.id)
    known = queries.rule(session, form_key)
    if known is None:
        _admit(session, project, promise)
        _write(session, project, by, promise, form_key)
        known = queries.rule(session, form_key)
    if known is None or known.project_id != project.id or not _says(known, promise):
        raise Conflict("This form was already used. Open a new one.")
    return known


def extend(session: Session, rule: BonusRule, *, by: User, ends_at: datetime) -> None:
    """Let a promise that still goes on end later.  NotPromised (422) for an earlier end, Conflict (409) for
    one that is over.
    """
    project = projects.lock(session, rule.project_id)
    locked, now = queries.lock(session, rule.id), clock.database_now(session)
    if locked is None or not policy.may_extend(locked, now):
        raise Conflict("This bonus has ended. Promise a new one instead.")
    if ends_at <= locked.ends_at:
        raise NotPromised("last_day", f"It ends on {policy.moment(locked.ends_at)}. Choose a later end.")
    for field, sentence in policy.end_problems(ends_at, project, now=now):
        raise NotPromised(field, sentence)
    locked.ends_at = ends_at
    _record(session, "extend", locked, by, ends_at=ends_at.isoformat())
    publish(session, BonusExtended(rule_id=locked.id, project_id=project.id))


def _admit(session: Session, project: Project, promise: Promise) -> None:
    if project.state is not ProjectState.OPEN:
        raise NotOpen("A bonus is promised while the project is open. Open it first.")
    found = policy.problems(
        promise,
        project,
        budget_minor=ledger_queries.balance(session, Kind.PROJECT_BUDGET, project.id),
        open_count=len(queries.open_ids(session, project.id)),
        now=clock.database_now(session),
    )
    for field, sentence in found:
        raise NotPromised(field, sentence)


def _write(session: Session, project: Project, by: User, promise: Promise, form_key: uuid.UUID) -> None:
    insert_once(
        session,
        BonusRule,
        id=form_key,
        project_id=project.id,
        by_id=by.id,
        amount_minor=promise.amount_minor,
        fee_minor=promise.fee_minor,
        currency=project.currency,
        answers=promise.answers,
        places=promise.places,
        paid_count=0,
        starts_at=clock.database_now(session),
        ends_at=promise.ends_at,
        state=BonusState.OPEN,
    )
    rule = queries.rule(session, form_key)
    if rule is None:
        raise Conflict("This form was already used. Open a new one.")
    ledger.post(session, _reserve(rule, by))
    _record(session, "publish", rule, by, amount_minor=rule.maximum_minor, terms=promise.terms)
    publish(session, BonusPromised(rule_id=rule.id, project_id=project.id))


def _reserve(rule: BonusRule, by: User) -> Entry:
    budget, reserved = (Kind.PROJECT_BUDGET, rule.project_id), (Kind.PROJECT_RESERVED, rule.project_id)
    return Entry(
        kind="bonus_reserve",
        key=f"bonus_rule:{rule.id}:reserve",
        legs=[(budget, reserved, Money(rule.maximum_minor, rule.currency))],
        ref_type="bonus_rule",
        ref_id=rule.id,
        actor_id=by.id,
        reason=f"Promised to {rule.places}: {policy.condition(rule)}",
    )


def _says(rule: BonusRule, promise: Promise) -> bool:
    asked = (promise.amount_minor, promise.answers, promise.places)
    return (rule.amount_minor, rule.answers, rule.places) == asked


def _record(session: Session, verb: str, rule: BonusRule, by: User, **detail: int | str) -> None:
    audit.record(
        session,
        f"company:bonus_rule:{verb}",
        actor_id=by.id,
        subject_type="bonus_rule",
        subject_id=rule.id,
        project_id=rule.project_id,
        **detail,
    )
