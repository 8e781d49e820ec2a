"""Who may move a company's money, from where it goes back, what speaks for us in a dispute.  Pure."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.billing.models import ANSWERABLE, Dispute, DisputeAnswer, Refund, RefundState
from marketplace.billing.queries import Delivered
from marketplace.companies.models import Member, MemberRole
from marketplace.kit.money import shown

LONGEST_EVIDENCE = 5000  # characters of one field

KnownAccount = Callable[[Session, str], bool]


@dataclass(frozen=True, slots=True)
class PaidAccounts:
    """Where people of ours are paid to, which a room beside this one knows: whether an account is one."""

    known: KnownAccount


def may_pay(member: Member) -> bool:
    """Owners pay in and take back; everybody else in the company may look."""
    return member.left_at is None and member.role is MemberRole.OWNER


INVOICE_DAYS = MONEY.invoice_days


def page_limit(*, first: datetime | None, week_minor: int, now: datetime) -> int:
    """What a page may take: a new company's payments of seven days count, others have one limit for each.

    `first`: when its first deposit arrived.  A payment that a bank takes back months later is our loss.
    """
    is_new = first is None or now - first < timedelta(days=MONEY.new_company_days)
    left = MONEY.new_company_week_minor - week_minor if is_new else MONEY.deposit_maximum_minor
    return max(0, min(left, MONEY.deposit_maximum_minor))


def invoice_line(company: str) -> str:
    """What an invoice says it is for."""
    return f"Prepaid balance of {company} for expert work"


def plain_reference(text: str) -> str:
    """A bank reference as it is compared: one case, single spaces."""
    return " ".join(text.upper().split())


def is_by_hand(refund: Refund) -> bool:
    """Its deposit came by a transfer to our own bank, so no payment service can send it back."""
    return refund.deposit.payment_intent_id is None


def waits(refund: Refund) -> bool:
    """Whether somebody of the house decides on it or puts something right."""
    return refund.state is RefundState.ASKED or refund.alarm is not None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What speaks for the house in a dispute, all of it from records."""

    company: str
    payer: str
    email: str
    paid_at: datetime
    amount_minor: int
    confirmed_at: datetime | None
    member_since: datetime
    other_deposits: int
    went_back_minor: int
    delivered: Sequence[Delivered]
    funded: Sequence[tuple[str, int, datetime]]
    sign_ins: Sequence[tuple[str, datetime, datetime]]
    note: str


def evidence(facts: Facts) -> dict[str, str]:
    """The facts under the provider's names, each within what it takes; what there is none of is left out."""
    last = max((one.last_at for one in facts.delivered), default=None)
    said = {
        "customer_name": facts.payer,
        "customer_email_address": facts.email,
        "product_description": (
            f"{facts.company} pays in money and gives it to projects, in which experts do work for it. "
            "Each answer is reviewed; approved answers are paid from the money the company has put in."
        ),
        "service_date": _days(facts.paid_at, last),
        "access_activity_log": "\n".join(
            f"{_minute(since)} to {_minute(seen)}: {device or 'browser'}"
            for device, since, seen in facts.sign_ins
        ),
        "refund_policy_disclosure": (
            "What is not spent can be taken back at any time by an owner, the way it came. "
            f"{shown(facts.went_back_minor)} of this payment went back."
        ),
        "uncategorized_text": "\n".join(_story(facts)),
    }
    return {name: text[:LONGEST_EVIDENCE] for name, text in said.items() if text}


def _story(facts: Facts) -> list[str]:
    confirmed = f", address confirmed {_day(facts.confirmed_at)}" if facts.confirmed_at else ""
    paid = (
        f"Paid by {facts.payer} ({facts.email}{confirmed}) on {_minute(facts.paid_at)}: "
        f"{shown(facts.amount_minor)}. Company here since {_day(facts.member_since)}, "
        f"{_count(facts.other_deposits, 'other payment')} arrived."
    )
    return [
        paid,
        *(f"{_minute(at)}: {shown(minor)} given to project “{title}”." for title, minor, at in facts.funded),
        *(
            f"Project “{one.title}”: {_count(one.approved_count, 'answer')} approved, {shown(one.paid_minor)}"
            f" paid to experts for their work, last on {_day(one.last_at)}."
            for one in facts.delivered
        ),
        *([facts.note] if facts.note else []),
    ]


def _days(paid_at: datetime, last: datetime | None) -> str:
    """From the payment to the last work for it; the day of the payment alone when no work came after."""
    first = _day(paid_at)
    return f"{first} to {_day(last)}" if last and _day(last) > first else first


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def answer_key(dispute: Dispute) -> str:
    """The key of an answer: purpose and the number of the decision, never a date."""
    word = "close" if dispute.answer is DisputeAnswer.ACCEPT else "evidence"
    return f"dispute:{dispute.external_id}:{word}:{dispute.answer_number}"


def awaits_call(dispute: Dispute) -> bool:
    """An answer is decided, and nothing says that the provider has one."""
    return (
        dispute.answer is not None
        and dispute.ended_at is None
        and dispute.submission_count <= dispute.question_count
        and dispute.state in ANSWERABLE
    )
