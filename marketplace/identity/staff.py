"""People, for admins: find somebody, give and take roles, log them out."""

import uuid

from flask import Blueprint, flash, g, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.identity import queries, service
from marketplace.identity.forms import ROLES, RoleForm
from marketplace.identity.models import Role, User
from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found, see_other

bp = Blueprint("people", __name__, url_prefix="/staff/people")


@bp.get("")
@open_to(role("admin"))
def index() -> ResponseReturnValue:
    """Everybody, the newest first, or those whose name or e-mail contains `q`."""
    wanted = request.args.get("q", "").strip()
    page = queries.people(db(), wanted, request.args.get("after"))
    roles = queries.roles_of_many(db(), [user.id for user in page.rows])
    return render_template("marketplace/identity/people.html", page=page, roles=roles, wanted=wanted)


@bp.get("/<uuid:user_id>")
@open_to(role("admin"))
def person(user_id: uuid.UUID) -> ResponseReturnValue:
    """One person: roles and SignIns."""
    user = found(queries.user(db(), user_id))
    return _page(user, RoleForm(queries.roles_of(db(), user.id)))


@bp.post("/<uuid:user_id>/roles")
@open_to(role("admin"))
def grant(user_id: uuid.UUID) -> ResponseReturnValue:
    """Let this person act as a role."""
    user = found(queries.user(db(), user_id))
    form = RoleForm(())  # a second click on the same role is no mistake
    if not form.validate_on_submit():
        return _page(user, form), 422
    service.grant(db(), user, Role(form.role.data), by=g.visitor.user)
    flash("The role is given. It counts from their next page on.", "ok")
    return see_other("people.person", user_id=user.id)


@bp.post("/<uuid:user_id>/roles/<any({roles}):name>/revoke".format(roles=", ".join(r.value for r in Role)))
@open_to(role("admin"))
def revoke(user_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """Take a role away."""
    user = found(queries.user(db(), user_id))
    service.revoke(db(), user, Role(name), by=g.visitor.user)
    flash("The role is taken away. It counts from their next page on.", "ok")
    return see_other("people.person", user_id=user.id)


@bp.post("/<uuid:user_id>/sign-ins/end")
@open_to(role("admin"))
def end_sign_ins(user_id: uuid.UUID) -> ResponseReturnValue:
    """Log this person out everywhere."""
    user = found(queries.user(db(), user_id))
    service.end_all_sign_ins(db(), user, by=g.visitor.user)
    flash("Every browser of this person is logged out.", "ok")
    return see_other("people.person", user_id=user.id)


def _page(user: User, form: RoleForm) -> str:
    return render_template(
        "marketplace/identity/person.html",
        form=form,
        person=user,
        names={role.value: text for role, text in ROLES.items()},
        held=sorted(queries.roles_of(db(), user.id)),
        sign_ins=service.live_sign_ins(db(), user),
    )
