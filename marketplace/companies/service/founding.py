"""Founding a company, and what it says about itself."""

import uuid

from sqlalchemy.orm import Session

from marketplace.companies import policy, queries
from marketplace.companies.errors import AlreadyMember, NotYours
from marketplace.companies.events import CompanyRenamed
from marketplace.companies.models import Company, Member, MemberRole
from marketplace.companies.service.records import note
from marketplace.identity import service as identity
from marketplace.identity.models import Role, User
from marketplace.kit import ids
from marketplace.kit.database import insert_once
from marketplace.kit.errors import NotFound
from marketplace.kit.events import publish

SLUG_TRIES = 5


def found_company(
    session: Session, *, user: User, name: str, country: str, website: str, form_key: uuid.UUID
) -> Company:
    """Found a company whose owner is the User, who gets the role of a member.

    The same `form_key` finds the company it founded.  Raises AlreadyMember (409) for a User of another
    company, and NotFound (404) for a key that is somebody else's company.
    """
    session.flush()  # a User made in this transaction must be in the database before a row points at it
    mine = queries.membership(session, user.id)
    if mine is not None:
        if mine.company_id == form_key:
            return mine.company
        raise AlreadyMember("You belong to a company already. Leave it before you found another.")
    company = _write(session, name=name, country=country, website=website, form_key=form_key)
    first = insert_once(session, Member, company_id=company.id, user_id=user.id, role=MemberRole.OWNER)
    if not first:
        raise AlreadyMember("You belong to a company already. Leave it before you found another.")
    identity.grant(session, user, Role.MEMBER, by=user)
    note(session, "founded", company.id, user.id)
    return company


def change_company(
    session: Session, company: Company, *, by: Member, name: str, country: str, website: str
) -> None:
    """Change what the company says about itself; its address keeps its name.  Owners only (403)."""
    if not policy.may_manage_team(by):
        raise NotYours("Only an owner changes the company.")
    renamed = company.name != name
    company.name, company.country, company.website = name, country.upper(), website
    note(session, "changed", company.id, by.user_id)
    if renamed:
        publish(session, CompanyRenamed(company_id=company.id))


def _write(session: Session, *, name: str, country: str, website: str, form_key: uuid.UUID) -> Company:
    slug = policy.slug(name)
    for _ in range(SLUG_TRIES):
        if not queries.slug_taken(session, slug):
            values = {"name": name, "country": country.upper(), "website": website}
            if insert_once(session, Company, id=form_key, slug=slug, **values):
                break
            if queries.company(session, form_key) is not None:
                raise NotFound("That page does not exist, or it is not yours.")
        slug = f"{policy.slug(name)}-{ids.code('', ids.new_id()).strip('-').lower()}"
    company = queries.company(session, form_key)
    if company is None:
        raise RuntimeError(f"no free address for {name!r} in {SLUG_TRIES} tries")
    return company
