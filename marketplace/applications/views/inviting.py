"""A company invites experts who fit a project, and sees what became of it."""

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from config.policy import WORK
from marketplace.applications import queries, service
from marketplace.applications.errors import TooManyInvitations
from marketplace.applications.forms import InviteForm
from marketplace.applications.views.applicants import bp, mine
from marketplace.companies.models import Member
from marketplace.kit import clock
from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, see_other
from marketplace.projects import policy as project_policy
from marketplace.projects.models import Project, ProjectState


@bp.get("/invite")
@open_to(role("member"))
def people(project_id: uuid.UUID) -> ResponseReturnValue:
    """Who fits and can be invited, the best fit first."""
    return _page(*mine(project_id), InviteForm(formdata=None))


@bp.post("/invite")
@open_to(role("member"))
def invite(project_id: uuid.UUID) -> ResponseReturnValue:
    """Ask the ticked people to join."""
    (project, member), form = mine(project_id), InviteForm()
    if not form.validate_on_submit():
        return _page(project, member, form), 422
    wanted, note = form.chosen.data or [], str(form.note.data)
    try:
        asked = service.invite(db(), project, wanted, by=member, note=note)
    except TooManyInvitations as refusal:
        form.chosen.errors = [str(refusal)]
        return _page(project, member, form), 409
    flash(
        f"Invited: {asked}." if asked else "None of these can be invited any more.", "ok" if asked else "info"
    )
    return see_other("applicants.invited" if asked else "applicants.people", project_id=project.id)


@bp.get("/invited")
@open_to(role("member"))
def invited(project_id: uuid.UUID) -> ResponseReturnValue:
    """Everybody who was invited, and what they answered."""
    project, _ = mine(project_id)
    page = queries.invited(db(), project.id, mark=request.args.get("after"))
    now = clock.database_now(db())
    return render_template(
        "marketplace/applications/invited.html",
        project=project,
        page=page,
        cards=service.public_cards(db(), [one.expert for one in page.rows], project),
        waiting=queries.waiting_count(db(), project.id, now),
        now=now,
    )


def _page(project: Project, member: Member, form: InviteForm) -> str:
    is_open = project.state is ProjectState.OPEN
    found = service.people_for(db(), project, mark=request.args.get("after"))
    return render_template(
        "marketplace/applications/invite.html",
        project=project,
        found=found,
        cards=service.public_cards(db(), [one for one, _ in found.page.rows], project),
        nearness=service.nearness,
        waiting=queries.waiting_count(db(), project.id, clock.database_now(db())),
        left=service.left_today(db(), project.company_id),
        is_open=is_open,
        may_invite=is_open and project_policy.may_publish(member),
        form=form,
        ticked=set(form.chosen.data or []),
        work=WORK,
    )
