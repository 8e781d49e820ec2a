"""A company's own pages: overview, team, invitations."""

import uuid

from flask import Blueprint, flash, g, render_template, request
from flask.typing import ResponseReturnValue

from config.countries import COUNTRIES
from marketplace.companies import policy, queries, service
from marketplace.companies.errors import NoCompany
from marketplace.companies.forms import ROLES, CompanyForm, InviteForm, NewCompanyForm, RoleForm
from marketplace.companies.models import Member, MemberRole
from marketplace.kit.access import open_to, role, signed_in
from marketplace.kit.errors import Forbidden
from marketplace.kit.web import db, found, see_other

bp = Blueprint("companies", __name__, url_prefix="/company")


@bp.get("")
@open_to(role("member"))
def overview() -> ResponseReturnValue:
    """Where the company's money is, and the ways on."""
    me = _me()
    return render_template(
        "marketplace/companies/overview.html",
        me=me,
        company=me.company,
        money=queries.spending(db(), me.company_id),
        country=COUNTRIES.get(me.company.country, me.company.country),
        may_change=policy.may_manage_team(me),
        may_block=policy.may_block(me),
    )


@bp.get("/new")
@open_to(signed_in)
def new() -> ResponseReturnValue:
    """The form of a new company; a Member has one already."""
    if queries.membership(db(), g.visitor.user.id):
        return see_other("companies.overview")
    return _new_page(NewCompanyForm())


@bp.post("/new")
@open_to(signed_in)
def found_company() -> ResponseReturnValue:
    """Found the company; the User owns it."""
    form = NewCompanyForm()
    if not form.validate_on_submit():
        return _new_page(form), 422
    service.found_company(
        db(),
        user=g.visitor.user,
        name=form.name.data or "",
        country=form.country.data,
        website=form.website.data or "",
        form_key=form.form_key.data,
    )
    return see_other("companies.overview")


@bp.get("/edit")
@open_to(role("member"))
def edit() -> ResponseReturnValue:
    """The form about the company, for owners."""
    me = _owner()
    return render_template("marketplace/companies/edit.html", form=CompanyForm.of(me.company), me=me)


@bp.post("/edit")
@open_to(role("member"))
def save() -> ResponseReturnValue:
    """Change what the company says about itself."""
    me, form = _owner(), CompanyForm()
    if not form.validate_on_submit():
        return render_template("marketplace/companies/edit.html", form=form, me=me), 422
    name, country, website = form.name.data or "", form.country.data, form.website.data or ""
    service.change_company(db(), me.company, by=me, name=name, country=country, website=website)
    flash("Saved.", "ok")
    return see_other("companies.overview")


@bp.get("/team")
@open_to(role("member"))
def team() -> ResponseReturnValue:
    """Who belongs to the company, and who is asked to."""
    me = _me()
    return _team_page(me, InviteForm.offering(policy.invitable(me)))


@bp.post("/team/invitations")
@open_to(role("member"))
def invite() -> ResponseReturnValue:
    """Ask somebody to join."""
    me = _me()
    form = InviteForm.offering(policy.invitable(me))
    if not policy.invitable(me):
        raise Forbidden("Your role does not include inviting people.")
    if not form.validate_on_submit():
        return _team_page(me, form), 422
    service.invite(db(), me.company, by=me, email=form.email.data or "", role=MemberRole(form.role.data))
    flash("Invited. The invitation stands under “Invitations” for whoever owns this address.", "ok")
    return see_other("companies.team")


@bp.post("/team/invitations/<uuid:invitation_id>/withdraw")
@open_to(role("member"))
def withdraw(invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Take an invitation back."""
    me = _me()
    invitation = found(queries.lock_invitation_of(db(), me.company_id, invitation_id))
    service.withdraw(db(), invitation, by=me)
    flash("The invitation is withdrawn.", "ok")
    return see_other("companies.team")


@bp.get("/team/<uuid:member_id>")
@open_to(role("member"))
def member(member_id: uuid.UUID) -> ResponseReturnValue:
    """One Member: role, and for owners what they may change."""
    me = _me()
    one = found(queries.member(db(), me.company_id, member_id))
    return _member_page(me, one, RoleForm(data={"role": one.role.value}))


@bp.post("/team/<uuid:member_id>/role")
@open_to(role("member"))
def change_role(member_id: uuid.UUID) -> ResponseReturnValue:
    """Give a Member another role."""
    me, form = _owner(), RoleForm()
    one = found(queries.lock_member(db(), me.company_id, member_id))
    if not form.validate_on_submit():
        return _member_page(me, one, form), 422
    service.change_role(db(), one, by=me, role=MemberRole(form.role.data))
    flash("The role is changed.", "ok")
    return see_other("companies.team")


@bp.post("/team/<uuid:member_id>/end")
@open_to(role("member"))
def end_membership(member_id: uuid.UUID) -> ResponseReturnValue:
    """Let a Member go, or leave oneself."""
    me = _me()
    one = found(queries.lock_member(db(), me.company_id, member_id))
    service.end_membership(db(), one, by=me)
    if one.id == me.id:
        flash(f"You have left {me.company.name}.", "ok")
        return see_other("companies.invitations")
    flash(f"{one.user.name} is no longer in your team.", "ok")
    return see_other("companies.team")


@bp.get("/invitations")
@open_to(signed_in)
def invitations() -> ResponseReturnValue:
    """The companies that ask this person to join."""
    user = g.visitor.user
    return render_template(
        "marketplace/companies/invitations.html",
        invitations=queries.invitations_to(db(), user.email),
        confirmed=user.email_confirmed_at is not None,
        mine=queries.membership(db(), user.id),
        roles=ROLES,
    )


@bp.post("/invitations/<uuid:invitation_id>/accept")
@open_to(signed_in)
def accept(invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Join the company."""
    invitation = found(queries.lock_invitation_to(db(), g.visitor.user.email, invitation_id))
    service.accept(db(), invitation, user=g.visitor.user)
    flash(f"Welcome to {invitation.company.name}.", "ok")
    return see_other("companies.overview")


@bp.post("/invitations/<uuid:invitation_id>/decline")
@open_to(signed_in)
def decline(invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Say no."""
    invitation = found(queries.lock_invitation_to(db(), g.visitor.user.email, invitation_id))
    service.decline(db(), invitation, user=g.visitor.user)
    flash("Declined. The company can ask again.", "ok")
    return see_other("companies.invitations")


def _me() -> Member:
    """The visitor's place in their company; whoever has none founds one first."""
    return found(queries.membership(db(), g.visitor.user.id), NoCompany())


def _owner() -> Member:
    me = _me()
    if not policy.may_manage_team(me):
        raise Forbidden("Only an owner may do this. Ask one of yours.")
    return me


def _new_page(form: NewCompanyForm) -> str:
    waiting = queries.invitations_to(db(), g.visitor.user.email)
    return render_template("marketplace/companies/new.html", form=form, waiting=waiting)


def _team_page(me: Member, form: InviteForm) -> str:
    return render_template(
        "marketplace/companies/team.html",
        me=me,
        form=form,
        page=queries.team(db(), me.company_id, request.args.get("after")),
        invitations=queries.open_invitations(db(), me.company_id),
        withdrawable=policy.invitable(me),
        roles=ROLES,
    )


def _member_page(me: Member, one: Member, form: RoleForm) -> str:
    return render_template(
        "marketplace/companies/member.html",
        me=me,
        member=one,
        form=form,
        may_manage=policy.may_manage_team(me),
        roles=ROLES,
    )
