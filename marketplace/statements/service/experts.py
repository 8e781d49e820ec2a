"""Statements of an expert or reviewer: one for each payout, one for each month and year."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.ledger.queries import Crossing
from marketplace.payouts.models import Earning, Payout, PayoutState, Rail
from marketplace.statements import queries
from marketplace.statements.errors import DoesNotAddUp
from marketplace.statements.policy import Line, Part, Period, Statement

FIRST = datetime(2000, 1, 1, tzinfo=UTC)
KINDS = (Kind.EXPERT_PENDING, Kind.EXPERT_AVAILABLE, Kind.EXPERT_IN_TRANSIT)
BANKS = {Kind.STRIPE_BALANCE, Kind.PLATFORM_BANK}
EARNED, BACK, WITHHELD = "Earned", "Taken back or corrected", "Tax withheld"
PAID, RETURNED, REVERSED = "Paid out", "Came back from the bank", "Taken back by us"
BEFORE, AFTER = "Balance before", "Balance after"
BY_LAW = "Handed to the tax authority for you, because a law requires it; it counts for your tax."
NO_FEE = Part("Fees", 0, "No fee is taken from your pay; fees are on top and paid by the company.")
RAILS = {Rail.STRIPE: "Bank transfer through the payment service", Rail.MANUAL: "Bank transfer by hand"}


def payout_statement(session: Session, user: User, payout_id: uuid.UUID) -> Statement | None:
    """What one payout paid for, line by line; None when there is no such payout of this person.

    DoesNotAddUp (409) when the lines are not the amount that was sent.
    """
    payout = queries.payout_for(session, user.id, payout_id)
    if payout is None:
        return None
    lines = tuple(_earned(earning) for earning in queries.in_payout(session, payout.id))
    statement = Statement(
        number=ids.code("S", payout.id),
        title=f"Payout statement {ids.code('S', payout.id)}",
        facts=_facts(user, payout),
        parts=(
            Part(EARNED, sum(line.minor for line in lines), _counted(lines)),
            NO_FEE,
            *([Part(WITHHELD, -payout.withheld_minor, BY_LAW)] if payout.withheld_minor else []),
        ),
        total=Part(PAID, payout.amount_minor),
        lines=lines,
        currency=payout.currency,
    )
    if not statement.adds_up:
        raise DoesNotAddUp(statement.number, statement.parts[0].minor, payout.gross_minor)
    return statement


def period_statement(session: Session, user: User, period: Period) -> Statement:
    """Everything that came to a person and left in a month or a year, between two balances.

    DoesNotAddUp (409) when the lines do not lead from the first balance to the second.
    """
    places = ledger.account_ids(session, [(kind, user.id) for kind in KINDS])
    moved = ledger.crossings(session, places, period.start, period.end)
    lines = _lines(session, user, moved)
    before = ledger.held(session, places, period.start)
    after = ledger.held(session, places, period.end)
    statement = Statement(
        number=f"{ids.code('S', user.id)}-{period.slug}",
        title=f"Statement for {period.text}",
        facts=_period_facts(session, user, period),
        parts=(Part(BEFORE, before), *_parts(lines)),
        total=Part(AFTER, after, "On hold, available and on its way together."),
        lines=tuple(line for _, line in lines),
        tables=() if period.month else (("Earned by month", _by_month(lines)),),
    )
    if not statement.adds_up:
        raise DoesNotAddUp(statement.number, sum(part.minor for part in statement.parts), after)
    return statement


def months(
    session: Session, user: User, year: Period, now: datetime
) -> Sequence[tuple[Period, Mapping[str, int]]]:
    """The months of a year in which something moved, and the running one, newest first, with their sums."""
    places = ledger.account_ids(session, [(kind, user.id) for kind in KINDS])
    sums: dict[int, Counter[str]] = {}
    moved = ledger.crossings(session, places, year.start, year.end)
    for part, line in _lines(session, user, moved):
        sums.setdefault(line.at.month, Counter())[part] += line.minor
    return [
        (month, sums.get(month.month, Counter()))
        for month in year.months(now)
        if month.month in sums or not month.is_over(now)
    ]


def everything(session: Session, user: User) -> Statement:
    """All that ever moved, for a file of one's own; its parts are not added up."""
    now = clock.database_now(session)
    places = ledger.account_ids(session, [(kind, user.id) for kind in KINDS])
    lines = _lines(session, user, ledger.crossings(session, places, FIRST, now))
    return Statement(
        number=f"{ids.code('S', user.id)}-all",
        title="Everything",
        facts=(),
        parts=(),
        total=Part(AFTER, sum(line.minor for _, line in lines)),
        lines=tuple(line for _, line in lines),
    )


def _lines(session: Session, user: User, moved: Sequence[Crossing]) -> list[tuple[str, Line]]:
    """(part, line) of everything that moved, with the reasons of the earnings and payouts behind it."""
    earnings = queries.earnings_by_key(session, user.id, {one.key for one in moved})
    refs = {one.ref_id for one in moved if one.ref_type == "payout" and one.ref_id is not None}
    payouts = queries.payouts_by_id(session, refs)
    return [_line(one, earnings.get(one.key), payouts.get(one.ref_id or user.id)) for one in moved]


def _line(one: Crossing, earning: Earning | None, payout: Payout | None) -> tuple[str, Line]:
    if earning is not None and one.minor > 0:
        return EARNED, _earned(earning, one.at)
    if one.outside in BANKS and one.ref_type == "payout":
        part = _way(one)
        why = one.reason if part is REVERSED and one.reason else _sent(payout)
        return part, Line(
            at=one.at, what=part, why=why, code=_code(payout), minor=one.minor, path=_page(payout)
        )
    part = WITHHELD if one.outside is Kind.TAX_WITHHELD else BACK
    return part, Line(
        at=one.at,
        what=one.kind.replace("_", " ").capitalize() if part is BACK else part,
        why=one.reason or (BY_LAW if part is WITHHELD else ""),
        code=_code(payout),
        minor=one.minor,
    )


def _way(one: Crossing) -> str:
    """It left, a bank sent it back, or we took it back because it was our mistake."""
    if one.minor < 0:
        return PAID
    return REVERSED if one.kind == "transfer_reversed" else RETURNED


def _earned(earning: Earning, at: datetime | None = None) -> Line:
    return Line(
        at=at or earning.created_at,
        what=earning.kind.title,
        about=earning.project.title if earning.project is not None else "",
        why=earning.reason,
        code=ids.code("E", earning.id),
        minor=earning.amount_minor,
        path=f"/earnings/{earning.id}",
    )


def _parts(lines: Sequence[tuple[str, Line]]) -> list[Part]:
    """Earned and paid out always, the others where there is something to say."""
    sums: Counter[str] = Counter()
    for part, line in lines:
        sums[part] += line.minor
    order = (EARNED, BACK, WITHHELD, PAID, RETURNED, REVERSED)
    shown = [title for title in order if sums[title] or title in {EARNED, PAID}]
    parts = [Part(title, sums[title]) for title in shown]
    return [parts[0], NO_FEE, *parts[1:]]


def _by_month(lines: Sequence[tuple[str, Line]]) -> tuple[Part, ...]:
    sums: Counter[Period] = Counter()
    for part, line in lines:
        if part == EARNED:
            sums[Period(line.at.year, line.at.month)] += line.minor
    return tuple(Part(month.text, sums[month]) for month in sorted(sums))


def _facts(user: User, payout: Payout) -> tuple[tuple[str, str], ...]:
    moment = payout.ended_at or payout.sent_at or payout.created_at
    return (
        ("For", user.name),
        ("Payout", _code(payout)),
        ("Sent", f"{moment.day} {moment:%b %Y} (UTC)"),
        ("By", RAILS[payout.rail]),
        ("Reference", payout.external_id or ""),
    )


def _period_facts(session: Session, user: User, period: Period) -> tuple[tuple[str, str], ...]:
    now = clock.database_now(session)
    last = f"{period.end:%Y-%m-%d}"
    until = f"before {last} 00:00 UTC" if period.is_over(now) else f"so far; it ends before {last} 00:00 UTC"
    return (("For", user.name), ("From", f"{period.start:%Y-%m-%d} 00:00 UTC"), ("To", until))


def _counted(lines: Sequence[Line]) -> str:
    return f"{len(lines):,} {'line' if len(lines) == 1 else 'lines'}"


def _sent(payout: Payout | None) -> str:
    return f"Reference {payout.external_id}" if payout is not None and payout.external_id else ""


def _page(payout: Payout | None) -> str:
    """Only a payout that was paid and stayed paid has a statement."""
    stays = payout is not None and payout.state is PayoutState.PAID and payout.returned_at is None
    return f"/earnings/statements/payouts/{payout.id}" if payout is not None and stays else ""


def _code(payout: Payout | None) -> str:
    return ids.code("O", payout.id) if payout is not None else ""
