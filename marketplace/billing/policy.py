"""Who may move a company's money, and from which deposits it goes back.  Pure."""

import uuid
from collections.abc import Sequence

from config.policy import MONEY
from marketplace.billing.models import CallEnd, RefundAttempt, RefundSearch
from marketplace.companies.models import Member, MemberRole
from marketplace.gateways.stripe import repeating
from marketplace.gateways.stripe.outcomes import OutcomeKind


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


def calls(attempts: Sequence[RefundAttempt]) -> list[repeating.Call]:
    """The calls of a refund as the rules of repeating read them."""
    return [
        repeating.Call(
            number=one.number,
            key=one.idempotency_key,
            kind=None if one.outcome is CallEnd.OPEN else OutcomeKind(one.outcome.value),
            started_at=one.started_at,
            finished_at=one.finished_at,
            http_status=one.http_status,
            error_code=one.error_code,
            is_replayed=one.replayed,
        )
        for one in attempts
    ]


def looks(searches: Sequence[RefundSearch]) -> list[repeating.Search]:
    """The looks at the provider's list, the same way."""
    return [repeating.Search(one.at, one.found_count) for one in searches]
