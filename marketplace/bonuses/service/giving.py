"""A company gives one person a bonus, out of the budget and at once."""

import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.bonuses import policy, queries
from marketplace.bonuses.errors import NotGiven, NothingToGive
from marketplace.bonuses.events import BonusGiven
from marketplace.bonuses.models import GivenBonus
from marketplace.bonuses.policy import Gift
from marketplace.companies import queries as companies
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Conflict
from marketplace.kit.events import publish
from marketplace.kit.money import Money, shown
from marketplace.ledger import queries as ledger_queries
from marketplace.ledger import service as ledger
from marketplace.ledger.errors import Overdraft
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry
from marketplace.outbox import service as outbox
from marketplace.projects import queries as projects
from marketplace.projects.models import Project, ProjectState

DAY = timedelta(hours=24)
ENDED = "This project holds no budget: it was not opened yet, or it has ended. No bonus can be given on it."
NEAR = "Whoever belongs to your company, or did lately, gets no bonus from it."


def give(session: Session, project: Project, *, by: User, gift: Gift, form_key: uuid.UUID) -> GivenBonus:
    """Pay a person a bonus out of the budget, the platform's fee on top.

    The caller has seen that the person had to do with the project, and writes the earning in the same
    transaction.  The same `form_key` gives nothing a second time.  NotGiven (422) with the field that has to
    change, NothingToGive (409) on a project without a budget, Conflict (409) for a form used for another one.
    """
    project = projects.lock(session, project.id)
    known = queries.given(session, form_key)
    if known is None:
        _admit(session, project, gift)
        known = _write(session, project, by, gift, form_key)
    said = (known.project_id, known.user_id, known.amount_minor, known.reason)
    if said != (project.id, gift.user_id, gift.amount_minor, gift.reason):
        raise Conflict("This form was already used. Open a new one.")
    return known


def gift_problems(session: Session, project: Project, gift: Gift) -> list[tuple[str, str]]:
    """(field, sentence) for everything that stands against giving it at this moment."""
    missing = companies.uncovered(session, project.company_id)
    if missing:
        return [("amount", _disputed(shown(missing, project.currency)))]
    if companies.is_near(session, gift.user_id, project.company_id):
        return [("amount", NEAR)]
    since = clock.database_now(session) - DAY
    found = policy.gift_problems(
        gift,
        project.currency,
        budget_minor=ledger_queries.balance(session, Kind.PROJECT_BUDGET, project.id),
        had_minor=queries.given_since(session, project.id, gift.user_id, since),
    )
    return list(found)


def _disputed(missing: str) -> str:
    return (
        f"A payment of your company is disputed at the bank, and {missing} of it could not be set aside. "
        "Until the bank has decided, no bonus can be given."
    )


def _admit(session: Session, project: Project, gift: Gift) -> None:
    if not policy.may_give(project):
        raise NothingToGive(ENDED)
    for field, sentence in gift_problems(session, project, gift):
        raise NotGiven(field, sentence)


def _write(session: Session, project: Project, by: User, gift: Gift, given_id: uuid.UUID) -> GivenBonus:
    """Money first: when a claim took it a moment ago, nothing else has been written."""
    _pay(session, project, gift, entry_of(project, by.id, gift, given_id))
    insert_once(
        session,
        GivenBonus,
        id=given_id,
        project_id=project.id,
        by_id=by.id,
        user_id=gift.user_id,
        amount_minor=gift.amount_minor,
        fee_minor=gift.fee_minor,
        currency=project.currency,
        reason=gift.reason,
    )
    row = queries.given(session, given_id)
    if row is None:
        raise Conflict("This form was already used. Open a new one.")
    _record(session, row, by)
    _announce(session, row)
    return row


def entry_of(project: Project, by_id: uuid.UUID, gift: Gift, given_id: uuid.UUID) -> Entry:
    """The entry of a given bonus: whole to the person, the fee to the platform."""
    budget = (Kind.PROJECT_BUDGET, project.id)
    return Entry(
        kind="bonus",
        key=f"bonus:{given_id}",
        legs=[
            (budget, (Kind.EXPERT_PENDING, gift.user_id), Money(gift.amount_minor, project.currency)),
            (budget, (Kind.PLATFORM_REVENUE, PLATFORM), Money(gift.fee_minor, project.currency)),
        ],
        ref_type="given_bonus",
        ref_id=given_id,
        actor_id=by_id,
        reason=gift.reason[:400],  # what the ledger keeps; the row has all of it
    )


def _pay(session: Session, project: Project, gift: Gift, entry: Entry) -> None:
    try:
        ledger.post(session, entry)
    except Overdraft as taken:
        left = ledger_queries.balance(session, Kind.PROJECT_BUDGET, project.id)
        raise NotGiven("amount", policy.short(gift, project.currency, left)) from taken
    left = ledger_queries.balance(session, Kind.PROJECT_BUDGET, project.id)
    if project.state is ProjectState.OPEN and left < project.unit_minor:
        key = f"check_funds:{entry.key}"
        outbox.send(session, "projects.check_funds", key=key, project_id=str(project.id))


def _announce(session: Session, row: GivenBonus) -> None:
    publish(
        session,
        BonusGiven(
            given_id=row.id,
            project_id=row.project_id,
            user_id=row.user_id,
            amount_minor=row.amount_minor,
        ),
    )


def _record(session: Session, row: GivenBonus, by: User) -> None:
    audit.record(
        session,
        "company:given_bonus:give",
        actor_id=by.id,
        subject_type="given_bonus",
        subject_id=row.id,
        project_id=row.project_id,
        user_id=row.user_id,
        amount_minor=row.amount_minor,
    )
