"""Who may move a company's money, and from which deposits it goes back.  Pure."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.companies.models import Member, MemberRole

KnownAccount = Callable[[Session, str], bool]


@dataclass(frozen=True, slots=True)
class PaidAccounts:
    """Where people of ours are paid to, which a room beside this one knows: whether an account is one."""

    known: KnownAccount


def may_pay(member: Member) -> bool:
    """Owners pay in and take back; everybody else in the company may look."""
    return member.left_at is None and member.role is MemberRole.OWNER


def needs_second_person(amount_minor: int) -> bool:
    """Whether somebody of the house has to let so much go back (security.md 5)."""
    return amount_minor > MONEY.refund_alone_minor


def split(amount_minor: int, left_minor: Sequence[int]) -> list[int]:
    """How much of an amount goes back to each deposit, given what is left of each, newest first.

    The parts add up to the amount, or to all that is left when that is less.
    """
    parts = []
    for left in left_minor:
        parts.append(min(left, amount_minor))
        amount_minor -= parts[-1]
    return parts


def first_key(refund_id: uuid.UUID) -> str:
    """The key of a refund's first call: purpose and our row, never an amount or a date."""
    return f"refund:{refund_id}"
