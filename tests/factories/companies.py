"""Companies and their Members."""

from typing import Any

from sqlalchemy.orm import Session

from marketplace.companies.models import Company, Member, MemberRole
from marketplace.identity.models import Role, User
from marketplace.kit import ids
from tests.factories.identity import make_user


def make_company(session: Session, owner: User | None = None, **columns: Any) -> Company:
    """A company with one owner, who may act as a member."""
    slug = f"northwind-{ids.new_id().hex[-8:]}"
    company = Company(**{"name": "Northwind Labs", "slug": slug, "country": "US", **columns})
    session.add(company)
    make_member(session, company, user=owner, role=MemberRole.OWNER)
    return company


def make_member(
    session: Session,
    company: Company,
    *,
    user: User | None = None,
    role: MemberRole = MemberRole.VIEWER,
    **columns: Any,
) -> Member:
    """A Member of the company, with a User who has the role of one."""
    user = user or make_user(session, roles=[Role.MEMBER])
    member = Member(company=company, user=user, role=role, **columns)
    session.add(member)
    session.flush()
    return member
