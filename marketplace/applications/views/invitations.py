"""An expert reads and answers invitations, and says who may send them."""

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from config.policy import WORK
from marketplace.applications import policy, queries, service
from marketplace.applications.models import ApplicationState
from marketplace.applications.views.door import bp, visiting_expert
from marketplace.experts.models import Expert
from marketplace.kit import clock
from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found, see_other


@bp.get("/invitations")
@open_to(role("expert"))
def invitations() -> ResponseReturnValue:
    """Every invitation, newest first; the switch; companies that are not to ask again."""
    expert = found(visiting_expert())
    return render_template(
        "marketplace/applications/invitations.html",
        expert=expert,
        page=queries.invitations_of(db(), expert.id, mark=request.args.get("after")),
        mutes=queries.mutes_of(db(), expert.id, mark=request.args.get("silenced")),
        now=clock.database_now(db()),
        stands=policy.stands,
        work=WORK,
    )


@bp.post("/invitations/<uuid:invitation_id>/accept")
@open_to(role("expert"))
def accept_invitation(invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Apply by an invitation."""
    expert = found(visiting_expert())
    invitation = found(queries.invitation_for(db(), expert.id, invitation_id))
    application = service.accept_invitation(db(), invitation, expert=expert)
    if application.state is ApplicationState.OFFERED:
        flash("Accepted. Here is your offer.", "ok")
    return see_other("applications.offer", application_id=application.id)


@bp.post("/invitations/<uuid:invitation_id>/decline")
@open_to(role("expert"))
def decline_invitation(invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Say no, and with `mute` never again to this company."""
    expert, mute = found(visiting_expert()), bool(request.form.get("mute"))
    invitation = found(queries.invitation_for(db(), expert.id, invitation_id, locked=True))
    service.decline_invitation(db(), invitation, expert=expert, mute=mute)
    company = invitation.project.company.name
    flash(f"Declined. {company} cannot invite you any more." if mute else "Declined.", "ok")
    return see_other("applications.invitations")


@bp.post("/invitations/switch")
@open_to(role("expert"))
def switch_invitations() -> ResponseReturnValue:
    """Let companies invite, or none of them."""
    expert: Expert = found(visiting_expert())
    service.set_invitations(db(), expert, wanted=bool(request.form.get("wanted")))
    flash("Companies may invite you." if expert.takes_invitations else "Nobody can invite you now.", "ok")
    return see_other("applications.invitations")


@bp.post("/mutes/<uuid:mute_id>/lift")
@open_to(role("expert"))
def unmute(mute_id: uuid.UUID) -> ResponseReturnValue:
    """Let one company invite again."""
    expert = found(visiting_expert())
    service.unmute(db(), found(queries.mute_of(db(), expert.id, mute_id)))
    flash("This company may invite you again.", "ok")
    return see_other("applications.invitations")
