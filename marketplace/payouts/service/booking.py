"""The statement of our bank: its lines close payouts of the manual rail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlalchemy.orm import Session

from marketplace.identity.models import User
from marketplace.kit.money import shown
from marketplace.payouts import queries
from marketplace.payouts.errors import NotYourOwn, StatementRefused
from marketplace.payouts.models import BankLine, Payout, PayoutState
from marketplace.payouts.service.bank_file import Booked, read
from marketplace.payouts.service.returning import came_back
from marketplace.payouts.service.settling import paid_by_bank


@dataclass(frozen=True, slots=True)
class Taken:
    """What a statement did: payouts closed, payouts that came back, lines known before, lines of others."""

    paid: int = 0
    returned: int = 0
    known: int = 0
    others: int = 0


def take_statement(session: Session, data: bytes, *, by: User) -> Taken:
    """Close payouts by the lines of our bank's statement, one line one payout; all of the file or nothing.

    StatementRefused (422) with a sentence for each line that does not fit; the same lines move nothing twice.
    """
    lines, wrong = read(data)
    known = queries.lines_known(session, [line.line for line in lines])
    new = [line for line in lines if line.line not in known]
    ours = queries.by_reference(session, {line.reference for line in lines})
    wrong = [*wrong, *(said for line in lines if (said := _problem(line, known, ours)))]
    wrong += [said for payout in ours.values() if (said := _twice(payout, new))]
    if any(payout.user_id == by.id for payout in ours.values()):
        raise NotYourOwn
    if wrong:
        raise StatementRefused(wrong)
    taken = [line for line in new if line.reference in ours]
    for line in sorted(taken, key=lambda one: one.amount_minor):  # what left comes before what came back
        _apply(session, ours[line.reference], line, by)
    returned = sum(line.amount_minor > 0 for line in taken)
    return Taken(len(taken) - returned, returned, len(lines) - len(new), len(new) - len(taken))


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
    if back:
        came_back(session, payout, external_id=f"bank:{line.line}", at=at)
    else:
        paid_by_bank(session, payout, external_id=f"bank:{line.line}", at=at)
