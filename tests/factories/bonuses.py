"""Promised bonuses, work that meets them, and bonuses given by hand."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace.bonuses import queries, service
from marketplace.bonuses.models import BonusRule, GivenBonus
from marketplace.bonuses.policy import Gift, Promise
from marketplace.experts.models import Expert
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.projects import queries as projects
from marketplace.projects.models import Project
from tests.factories.queue import claim
from tests.factories.reviews import later, opened, rule, settle
from tests.factories.submissions import make_submission
from workspace.queue import queries as queue
from workspace.reviews import service as reviewing
from workspace.submissions.models import Submission


def a_promise(**changes: Any) -> Promise:
    """$25 for two approved answers, two places, a week: 6000 cents at most."""
    values = {"amount_minor": 2500, "answers": 2, "places": 2, "ends_at": clock.now() + timedelta(days=7)}
    return Promise(**{**values, **changes})


def make_bonus(
    session: Session, project: Project, *, form: uuid.UUID | None = None, **changes: Any
) -> BonusRule:
    """A bonus promised by an owner of the project's company."""
    (owner, *_) = projects.member_user_ids(session, project.company_id)
    made = service.publish_bonus(
        session,
        project,
        by=session.get_one(User, owner),
        promise=a_promise(**changes),
        form_key=form or ids.new_id(),
    )
    session.flush()
    return made


WHY = "Sources for every claim, twelve answers in a row"


def a_gift(expert: Expert, **changes: Any) -> Gift:
    """$20 for careful work: 2400 cents with the fee."""
    return Gift(**{"user_id": expert.user_id, "amount_minor": 2000, "reason": WHY, **changes})


def owner_of(session: Session, project: Project) -> User:
    """An owner of the project's company."""
    return session.get_one(User, projects.member_user_ids(session, project.company_id)[0])


def give_bonus(
    session: Session, project: Project, expert: Expert, *, form: uuid.UUID | None = None, **changes: Any
) -> GivenBonus:
    """A bonus given to this expert by an owner of the project's company."""
    given = reviewing.give_bonus(
        session,
        project,
        by=owner_of(session, project),
        gift=a_gift(expert, **changes),
        form_key=form or ids.new_id(),
    )
    session.flush()
    return given


def hand_in(session: Session, expert: Expert, project: Project) -> Submission:
    """One more answer of this expert, handed in and not decided."""
    claimed = claim(session, expert, project)
    session.flush()
    return make_submission(session, queue.assignment(session, claimed.id))


def approve(session: Session, submission: Submission, reviewer: User) -> Submission:
    """The answer approved by a person; its messages wait in the outbox."""
    at = submission.submitted_at
    settle(session, rule(session, opened(session, later(session, submission), reviewer)))
    submission.submitted_at = at
    session.flush()
    return submission


def approved(session: Session, expert: Expert, project: Project, reviewer: User, *, times: int = 1) -> None:
    """So many answers of this expert, approved."""
    for _ in range(times):
        approve(session, hand_in(session, expert, project), reviewer)


def bonus(session: Session, rule_id: uuid.UUID) -> BonusRule:
    """The promise as the database has it."""
    session.expire_all()
    found = queries.rule(session, rule_id)
    assert found is not None
    return found


def after(rule: BonusRule, **more: int) -> timedelta:
    """How far the clock has to be moved to stand behind the end of this promise, and its minutes of grace."""
    moment: datetime = rule.ends_at + timedelta(minutes=10, **more)
    return moment - clock.now()
