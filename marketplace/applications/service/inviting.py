"""A company asks experts to join a project: people who fit, once each, and no more a day than it may."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.applications import policy, queries
from marketplace.applications.errors import TooManyInvitations
from marketplace.applications.events import ExpertInvited
from marketplace.applications.models import AskedState, ProjectInvitation
from marketplace.applications.service.rules import RETRY
from marketplace.audit import service as audit
from marketplace.companies.models import Member
from marketplace.experts.models import Expert
from marketplace.kit import clock, ids
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Conflict, Invalid
from marketplace.kit.events import publish
from marketplace.kit.pages import Page
from marketplace.matching import service as matching
from marketplace.matching.policy.crowd import FEW
from marketplace.matching.queries import Case
from marketplace.projects import policy as project_policy
from marketplace.projects import queries as projects
from marketplace.projects.errors import NotYours
from marketplace.projects.models import Project, ProjectState

DAY = timedelta(days=1)
_NEAR_WORDS = {
    queries.PROVED: "Proved in this field",
    queries.NAMED: "Names this field",
    queries.NEAR: "Near this field",
    0: "Another field",
}


@dataclass(frozen=True, slots=True)
class People:
    """Who fits a project: a page of (Expert, fit), empty when so few fit that a list would name them."""

    sentence: str
    is_few: bool
    page: Page[tuple[Expert, int]]


def people_for(session: Session, project: Project, *, mark: str | None) -> People:
    """Whom the company may invite, the best fit first; two statements, however many people there are.

    Nobody is listed before a project is open: rules that are still being written could single people out.
    """
    crowd = matching.who_fits(session, project_policy.plan_of(project), project.company_id)
    if crowd.fit < FEW or project.state is not ProjectState.OPEN:
        return People(crowd.sentence, is_few=crowd.fit < FEW, page=Page([], None))
    now = clock.database_now(session)
    page = queries.candidates(session, project, _rules(project, now), now, mark=mark)
    return People(crowd.sentence, is_few=False, page=page)


def nearness(fit: int) -> str:
    """Why somebody stands where they do, in words."""
    return _NEAR_WORDS[fit // queries.STEP]


def left_today(session: Session, company_id: uuid.UUID) -> int:
    """How many more people the company may invite within these twenty-four hours."""
    since = clock.database_now(session) - DAY
    return max(0, WORK.invitations_a_day - queries.invited_since(session, company_id, since))


def invite(
    session: Session, project: Project, expert_ids: Collection[uuid.UUID], *, by: Member, note: str
) -> int:
    """Ask these people to join; returns how many were asked: those who cannot be are left out in silence.

    Raises NotYours (403), Invalid (422) for a note that cannot be sent, Conflict (409) when the job is not
    open or fewer than five people fit, TooManyInvitations (409).
    """
    project = _ready(session, project, by, note)
    wanted = set(expert_ids)
    left = left_today(session, project.company_id)
    if len(wanted) > left:
        raise TooManyInvitations(
            f"You can invite {left} more {'person' if left == 1 else 'people'} today, "
            f"{WORK.invitations_a_day} a day in all."
        )
    now = clock.database_now(session)
    found = queries.invitable(session, project, _rules(project, now), wanted, now)
    return sum(_invite(session, project, one, by=by, note=note, now=now) for one in found)


def take_up(invitation: ProjectInvitation, now: datetime) -> None:
    """The expert joins: the invitation has done what it is for."""
    invitation.move(AskedState.ACCEPTED)
    invitation.answered_at = now


def lapse_invitations(session: Session, now: datetime) -> None:
    """Close every invitation whose days are over."""
    for invitation in queries.invitations_over(session, now):
        invitation.move(AskedState.LAPSED)


def end_invitations(session: Session, project_id: uuid.UUID) -> None:
    """Close the open invitations of a project that ends."""
    for invitation in queries.open_invitations_on(session, project_id):
        invitation.move(AskedState.PROJECT_ENDED)


def _ready(session: Session, project: Project, by: Member, note: str) -> Project:
    if by.company_id != project.company_id or not project_policy.may_publish(by):
        raise NotYours("Only an owner or a manager invites. Ask one of yours.")
    if lacking := policy.sentence_lacks(note, at_most=WORK.invitation_characters):
        raise Invalid(lacking)
    project = projects.lock(session, project.id)
    if project.state is not ProjectState.OPEN:
        raise Conflict("People are invited to open projects only.")
    if matching.who_fits(session, project_policy.plan_of(project), project.company_id).fit < FEW:
        raise Conflict(f"Fewer than {FEW} people fit, so nobody is named. Widen your rules.")
    queries.lock_company(session, project.company_id)
    return project


def _rules(project: Project, now: datetime) -> Sequence[ColumnElement[bool]]:
    """What the engine of rules asks of people, for this project, and that they may try again by now."""
    tree = project_policy.read_rules(project.rules)
    who = Case(now, trees={project.rules_key: tree} if project.rules_key else {})
    return [rule.sql(who) for rule in (*matching.PEOPLE, RETRY)]


def _invite(
    session: Session, project: Project, expert: Expert, *, by: Member, note: str, now: datetime
) -> bool:
    invitation_id = ids.new_id()
    new = insert_once(
        session,
        ProjectInvitation,
        id=invitation_id,
        project_id=project.id,
        expert_id=expert.id,
        company_id=project.company_id,
        by_id=by.user_id,
        note=note,
        ends_at=now + timedelta(days=WORK.project_invitation_days),
    )
    if new:
        record_invitation(session, "company", "invite", invitation_id, by.user_id)
        publish(
            session,
            ExpertInvited(invitation_id=invitation_id, project_id=project.id, user_id=expert.user_id),
        )
    return new


def record_invitation(
    session: Session, side: str, action: str, invitation_id: uuid.UUID, actor_id: uuid.UUID
) -> None:
    """Write an AuditRecord about an invitation."""
    audit.record(
        session,
        f"{side}:project_invitation:{action}",
        actor_id=actor_id,
        subject_type="project_invitation",
        subject_id=invitation_id,
    )
