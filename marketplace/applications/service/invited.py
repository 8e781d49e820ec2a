"""An expert answers an invitation, and says who may invite them."""

from sqlalchemy.orm import Session

from marketplace.applications import policy, queries
from marketplace.applications.errors import OfferOver
from marketplace.applications.models import Application, AskedState, CompanyMute, ProjectInvitation
from marketplace.applications.service.inviting import record_invitation
from marketplace.applications.service.joining import apply
from marketplace.experts.models import Expert
from marketplace.kit import clock
from marketplace.kit.database import insert_once
from marketplace.projects import queries as projects


def accept_invitation(session: Session, invitation: ProjectInvitation, *, expert: Expert) -> Application:
    """Apply by an invitation: the rules judge, and it stands for the company's choice.

    A rule that is not met leaves it open, so that what is missing can be fixed.  OfferOver (409) when it
    stands no more; raises as `apply` besides.
    """
    projects.lock(session, invitation.project_id)  # before the invitation, as when the project finishes
    queries.invitation_for(session, expert.id, invitation.id, locked=True)
    live = queries.live_application(session, expert.id, invitation.project_id)
    if invitation.state is AskedState.ACCEPTED and live is not None:
        return live  # pressed twice
    if not policy.stands(invitation, clock.database_now(session)):
        raise OfferOver("This invitation is over. You can still apply for the job.")
    application = apply(session, expert=expert, project=invitation.project)
    if invitation.state is AskedState.ACCEPTED:
        record_invitation(session, "expert", "accept", invitation.id, expert.user_id)
    return application


def decline_invitation(
    session: Session, invitation: ProjectInvitation, *, expert: Expert, mute: bool = False
) -> None:
    """Say no, with `mute` to every later invitation of the company too; the company reads no reason.

    OfferOver (409) when it was answered, or its days are over.
    """
    now = clock.database_now(session)
    if not policy.stands(invitation, now):
        raise OfferOver("This invitation is over.")
    invitation.move(AskedState.DECLINED)
    invitation.answered_at = now
    record_invitation(session, "expert", "decline", invitation.id, expert.user_id)
    if mute:
        insert_once(session, CompanyMute, expert_id=expert.id, company_id=invitation.company_id)


def unmute(session: Session, mute: CompanyMute) -> None:
    """Let the company invite the expert again."""
    session.delete(mute)


def set_invitations(session: Session, expert: Expert, *, wanted: bool) -> None:
    """Say whether companies may invite this expert at all; what stands already stays."""
    expert.takes_invitations = wanted


def standing_for(session: Session, expert: Expert, *, at_most: int) -> list[ProjectInvitation]:
    """What waits for the expert's answer, newest first."""
    now = clock.database_now(session)
    return list(queries.standing_invitations(session, expert.id, now, at_most=at_most))
