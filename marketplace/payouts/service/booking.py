"""The statement of our bank: its lines close payouts of the manual rail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.money import shown
from marketplace.payouts import queries
from marketplace.payouts.errors import NotYourOwn, StatementRefused
from marketplace.payouts.models import BankLine, Payout, PayoutState
from marketplace.payouts.service.bank_file import Booked, read
from marketplace.payouts.service.returning import came_back
from marketplace.payouts.service.settling import paid_by_bank, paid_though_failed

EASTERNMOST, WESTERNMOST = timedelta(hours=14), timedelta(hours=12)  # of the days of banks, from UTC


@dataclass(frozen=True, slots=True)
class Taken:
    """What a statement did: payouts closed and brought back, lines known before and of others, alarms."""

    paid: int = 0
    returned: int = 0
    known: int = 0
    others: int = 0
    alarms: int = 0


def take_statement(session: Session, data: bytes, *, by: User) -> Taken:
    """Close payouts by the lines of our bank's statement, one line one payout; all of the file or nothing.

    A line of a payout that had failed here posts nothing and raises an alarm.  StatementRefused (422) with a
    sentence for each line that does not fit; the same lines move nothing twice.
    """
    lines, wrong = read(data)
    known = queries.lines_known(session, [line.line for line in lines])
    new = [line for line in lines if line.line not in known]
    ours = queries.by_reference(session, {line.reference for line in lines})
    wrong = [*wrong, *(said for line in lines if (said := _problem(line, known, ours)))]
    wrong += [said for payout in ours.values() if (said := _twice(payout, new))]
    wrong += _had_their_line(session, new, ours)
    wrong += _impossible_days(session, new, ours)
    if identity.is_one_of(session, by.id, [payout.user_id for payout in ours.values()]):
        raise NotYourOwn
    if wrong:
        raise StatementRefused(wrong)
    taken = [line for line in new if line.reference in ours]
    alarms = sum(ours[line.reference].state is PayoutState.FAILED for line in taken)
    returned = sum(line.amount_minor > 0 and ours[line.reference].state in _OUT for line in taken)
    for line in sorted(taken, key=lambda one: one.amount_minor):  # what left comes before what came back
        _apply(session, ours[line.reference], line, by)
    return Taken(
        paid=len(taken) - returned - alarms,
        returned=returned,
        known=len(lines) - len(new),
        others=len(new) - len(taken),
        alarms=alarms,
    )


def _had_their_line(session: Session, new: Sequence[Booked], ours: dict[str, Payout]) -> list[str]:
    """A failed payout is moved by no line, but has one of each direction at most."""
    failed = {ref: payout.id for ref, payout in ours.items() if payout.state is PayoutState.FAILED}
    had = queries.directions_known(session, failed.values())
    return [
        f"Line {line.row}, {line.reference}: another line has said the same of this payout."
        for line in new
        if (failed.get(line.reference), line.amount_minor > 0) in had
    ]


def _impossible_days(session: Session, new: Sequence[Booked], ours: dict[str, Payout]) -> list[str]:
    last = (clock.database_now(session) + EASTERNMOST).date()
    own = [(line, ours[line.reference]) for line in new if line.reference in ours]
    return [said for line, payout in own if (said := _impossible_day(line, payout, last))]


def _impossible_day(line: Booked, payout: Payout, last: date) -> str | None:
    """A day that has begun nowhere on earth, or was over everywhere before the payout was sent."""
    said = f"Line {line.row}, {line.reference}: {line.on} "
    if line.on > last:
        return said + "has not come yet."
    if payout.sent_at is not None and line.on < (payout.sent_at - WESTERNMOST).date():
        return said + f"is before this payout was sent, on {payout.sent_at:%Y-%m-%d}."
    return None


def _problem(line: Booked, known: dict[str, BankLine], ours: dict[str, Payout]) -> str | None:
    """Why a line does not fit what we know; None: it does, or it is nothing of ours."""
    payout, before = ours.get(line.reference), known.get(line.line)
    if payout is None:
        return None
    said = f"Line {line.row}, {line.reference}: "
    if before is not None:
        same = (before.payout_id, before.amount_minor) == (payout.id, line.amount_minor)
        return None if same else said + "this number of the bank was taken before, for something else."
    if abs(line.amount_minor) != payout.amount_minor:
        amounts = f"{shown(abs(line.amount_minor))} is not {shown(payout.amount_minor)}"
        return said + f"{amounts}, the amount of this payout."
    if payout.state is PayoutState.FAILED:
        return None  # taken with an alarm: the rest of the file has to go on
    return _no_turn(line, payout, said)


def _no_turn(line: Booked, payout: Payout, said: str) -> str | None:
    """Why a payout waits for no line of this direction."""
    if line.amount_minor < 0 and payout.state is not PayoutState.SENT:
        return said + f"this payout is {payout.state.value.replace('_', ' ')} and waits for no payment."
    if line.amount_minor > 0 and (payout.state not in _OUT or payout.returned_at is not None):
        return said + "money came back for a payout that is not out."
    return None


_OUT = {PayoutState.SENT, PayoutState.PAID}


def _twice(payout: Payout, lines: Sequence[Booked]) -> str | None:
    """Two new lines of one direction for one payout, or money back that never left."""
    amounts = [line.amount_minor for line in lines if line.reference == payout.provider_key]
    if len(amounts) != len(set(amounts)):
        return f"{payout.provider_key}: two lines of this file say the same of one payout."
    if payout.state is PayoutState.SENT and amounts and max(amounts) > 0 and min(amounts) > 0:
        return f"{payout.provider_key}: money came back that has not left by any line."
    return None


def _apply(session: Session, payout: Payout, line: Booked, by: User) -> None:
    back = line.amount_minor > 0
    session.add(
        BankLine(
            payout=payout,
            by=by,
            line=line.line,
            booked_on=line.on,
            amount_minor=line.amount_minor,
            came_back=back,
        )
    )
    at = datetime.combine(line.on, time(12, tzinfo=UTC))
    if payout.state is PayoutState.FAILED:
        paid_though_failed(session, payout, line.line, back=back)
    elif back:
        came_back(session, payout, external_id=f"bank:{line.line}", at=at)
    else:
        paid_by_bank(session, payout, external_id=f"bank:{line.line}", at=at)
