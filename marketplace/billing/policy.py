"""Who may move a company's money.  Pure."""

from marketplace.companies.models import Member, MemberRole


def may_pay(member: Member) -> bool:
    """Owners pay in; everybody else in the company may look."""
    return member.left_at is None and member.role is MemberRole.OWNER
