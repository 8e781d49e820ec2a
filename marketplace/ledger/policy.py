"""What the ledger says and asks before a posting, and what it makes of a difference; pure."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from marketplace.kit.money import shown
from marketplace.ledger.models import (
    PLATFORM,
    REASON_CHARACTERS,
    TWO_PEOPLE,
    BrokenRule,
    Difference,
    DifferenceKind,
    Kind,
)
from marketplace.ledger.queries import Both, Finding

_PLAIN = "There is not enough money for this, so nothing was moved."
_SHORT = {
    Kind.PROJECT_BUDGET: "The budget is used up. Add money to the project to go on.",
    Kind.COMPANY_WALLET: "The wallet holds less than that. Add money, or choose a smaller amount.",
    Kind.PROJECT_RESERVED: "Less is reserved than this would spend, so nothing was moved. Tell support.",
    Kind.EXPERT_PENDING: "Less is pending than this would take, so nothing was moved.",
    Kind.EXPERT_AVAILABLE: "Less is available than that, so nothing was moved.",
}


def shortage(kind: Kind | None) -> str:
    """Why nothing was posted, when an account of this kind held too little."""
    return _SHORT.get(kind, _PLAIN) if kind else _PLAIN


def has_two_people(
    kind: str, *, actor_id: uuid.UUID | None, approver_id: uuid.UUID | None, reason: str | None
) -> bool:
    """Whether an entry of this kind has the two people and the reason it needs."""
    if kind not in TWO_PEOPLE:
        return True
    two = actor_id is not None and approver_id is not None and actor_id != approver_id
    return two and len(reason or "") >= REASON_CHARACTERS


def may_own(kind: Kind, owner_id: uuid.UUID) -> bool:
    """The platform owns its own kinds and no other; who collects withheld tax is the operator's to name."""
    return kind is Kind.TAX_WITHHELD or kind.hot is (owner_id == PLATFORM)


WAITING = timedelta(hours=2)  # what one side tells of now, the other may tell of a little later
WAITING_RULES = {"I10"}  # payouts and refunds that wait: their own alarms stop them, not everybody's pay
IN_WORDS = {
    DifferenceKind.AMOUNT_DIFFERS: "The amounts differ",
    DifferenceKind.ONLY_THERE: "Only at the payment service",
    DifferenceKind.ONLY_OURS: "Only in our books",
    DifferenceKind.TRANSFER_UNKNOWN: "A transfer that no payout of ours explains",
    DifferenceKind.BALANCE_DIFFERS: "The balance is not the sum of its lines",
}
ADVICE = {  # what finance does about an open one; docs/money.md says the same
    DifferenceKind.AMOUNT_DIFFERS: (
        "Look at it at the payment service. Where ours is wrong, propose a correction that names its id."
    ),
    DifferenceKind.ONLY_THERE: (
        "Find out at the payment service what it was. If the money is ours, propose a correction that names"
        " its id."
    ),
    DifferenceKind.ONLY_OURS: (
        "Look at the payment service whether it was made at all. If not, propose a correction that takes our"
        " amount back and names its id."
    ),
    DifferenceKind.TRANSFER_UNKNOWN: (
        "Look at once: somebody or something sent money past us. Approve no payout before you know who."
    ),
    DifferenceKind.BALANCE_DIFFERS: (
        "Compare again: the list was not whole. If it stays, ask the payment service."
    ),
}


@dataclass(frozen=True, slots=True)
class Stop:
    """Why nothing may be paid out now, for people; `entry_id` is the LedgerTransaction to look at."""

    text: str
    entry_id: int | None = None


def judged(both: Both, *, began: datetime, at: datetime) -> Finding | None:
    """What two different sums mean; None while the other side may still be on its way.

    `began`: when the reading of the service's list began.  One line and entries of before then that differ
    are never on their way.
    """
    newest = max(moment for moment in (both.line_at, both.entry_at) if moment is not None)
    one_sided = not both.line_count or not both.entry_count
    moving = both.line_count > 1 or (both.entry_at is not None and both.entry_at >= began)
    if (one_sided or moving) and newest > at - WAITING:
        return None
    return Finding(
        kind=_kind(both),
        object_id=both.object_id,
        currency=both.currency,
        there_minor=both.there_minor if both.line_count else None,
        ours_minor=both.ours_minor if both.entry_count else None,
        entry_id=both.entry_id,
    )


def _kind(both: Both) -> DifferenceKind:
    if not both.entry_count:
        return DifferenceKind.ONLY_THERE
    return DifferenceKind.AMOUNT_DIFFERS if both.line_count else DifferenceKind.ONLY_OURS


def difference_stop(oldest: Difference, count: int) -> Stop:
    """The stop that an open difference is; `count` of them are open."""
    there, ours = (
        "missing" if minor is None else shown(minor, oldest.currency)
        for minor in (oldest.there_minor, oldest.ours_minor)
    )
    entry = f" (entry no. {oldest.entry_id})" if oldest.entry_id else ""
    more = {1: "", 2: " One more differs."}.get(count, f" {count - 1} more differ.")
    return Stop(
        f"Payouts have stopped: {oldest.object_id} is {there} at the payment service and {ours} in our"
        f" books{entry}.{more}",
        oldest.entry_id,
    )


def rule_stop(rule: BrokenRule) -> Stop | None:
    """The stop that a broken rule is; None for a rule about things that wait."""
    if rule.rule in WAITING_RULES:
        return None
    line = next(iter(rule.lines.get("lines", ())), rule.rule)
    return Stop(f"Payouts have stopped: a rule of the books is broken. {line}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A thing whose code a page prints: what it is, where finance sees it, what its entries name."""

    what: str
    about: str
    links: tuple[tuple[str, str], ...] = ()  # (word, address)
    causes: tuple[tuple[str, uuid.UUID], ...] = ()  # (ref_type, ref_id) of its entries
    keys: tuple[str, ...] = ()  # of its entries
    owner_id: uuid.UUID | None = None  # whose accounts show all of its money


Finder = Callable[[Session, str], Sequence[Named]]


@dataclass(frozen=True, slots=True)
class Tracing:
    """What codes name, by their letter; the rooms above say it, app.py brings it."""

    finders: Mapping[str, Sequence[Finder]]

    def named(self, session: Session, code: str) -> list[Named]:
        """Everything that is printed with this code."""
        return [one for find in self.finders.get(code[0], ()) for one in find(session, code)]
