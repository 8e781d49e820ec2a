"""The manual rail: bank details kept sealed, a file for our bank, and its statement that closes payouts."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Conflict, NotFound
from marketplace.kit.money import shown
from marketplace.kit.sealing import CannotOpen, Sealer
from marketplace.ledger import service as ledger
from marketplace.payouts import policy, queries
from marketplace.payouts.errors import NothingForTheBank, NotYourOwn, StatementRefused
from marketplace.payouts.models import (
    BankLine,
    Payout,
    PayoutAccount,
    PayoutAccountState,
    PayoutRun,
    PayoutState,
    Rail,
)
from marketplace.payouts.service.accounts import note_change
from marketplace.payouts.service.bank_file import BankDetails, Booked, Order, read, written
from marketplace.payouts.service.returning import ACCOUNT_CHANGED, came_back, cancel
from marketplace.payouts.service.settling import failed, paid_by_bank


@dataclass(frozen=True, slots=True)
class Taken:
    """What a statement did: payouts closed, payouts that came back, lines known before, lines of others."""

    paid: int = 0
    returned: int = 0
    known: int = 0
    others: int = 0


def give_bank(
    session: Session, *, user: User, country: str, details: BankDetails, sealer: Sealer
) -> PayoutAccount:
    """Keep where a person is paid by bank transfer; other details than before wait for some days.

    The details are sealed; in the open stay the name of the bank and four digits.
    """
    account = _account(session, user, country)
    if account.sealed is not None and open_bank(account, sealer) == details:
        return account
    another = account.external_id is not None
    account.rail, account.state, account.country = Rail.MANUAL, PayoutAccountState.READY, country.upper()
    account.external_id = f"bank_{ids.new_id().hex}"
    account.sealed = sealer.seal(_purpose(account.id), json.dumps(asdict(details)))
    bank = {"name": details.bank, "last4": details.number[-4:]}
    account.requirements = {"bank": bank, "known_bank": bank}
    if another:
        note_change(session, account)
    audit.record(
        session,
        "expert:payout_account:bank_given",
        actor_id=user.id,
        subject_type="payout_account",
        subject_id=account.id,
    )
    return account


def _account(session: Session, user: User, country: str) -> PayoutAccount:
    insert_once(
        session,
        PayoutAccount,
        user_id=user.id,
        rail=Rail.MANUAL,
        country=country.upper(),
        state=PayoutAccountState.ONBOARDING,
    )
    account = queries.lock_account_of(session, user.id)
    if account is None:
        raise NotFound("There is no payout account.")
    return account


def open_bank(account: PayoutAccount, sealer: Sealer) -> BankDetails:
    """The sealed details; Conflict (409) when no secret of ours opens them."""
    try:
        return BankDetails(**json.loads(sealer.open(_purpose(account.id), account.sealed or "")))
    except CannotOpen:
        raise Conflict("Bank details cannot be read any more. Their owner has to give them again.") from None


def reseal_banks(session: Session, sealer: Sealer) -> int:
    """Seal all bank details with the newest secret, so that the older one can go; returns how many."""
    accounts = queries.sealed_accounts(session)
    for account in accounts:
        details = open_bank(account, sealer)
        account.sealed = sealer.seal(_purpose(account.id), json.dumps(asdict(details)))
    return len(accounts)


def hand_over(session: Session, run: PayoutRun, *, by: User, sealer: Sealer) -> str:
    """The bank file of a run: from now on its payouts are sent.  Asked again, it is the same file.

    NothingForTheBank (409) for a run without any, NotYourOwn (403) for whoever is paid in it.
    """
    ledger.require_right_books(session)
    rows = queries.for_bank(session, run.id)
    if any(payout.user_id == by.id for payout, _ in rows):
        raise NotYourOwn
    orders = [_order(payout, account, sealer) for payout, account in rows if _goes(session, payout, account)]
    if not orders:
        raise NothingForTheBank
    text = written(orders)
    audit.record(
        session,
        "staff:payout_run:bank_file",
        actor_id=by.id,
        subject_type="payout_run",
        subject_id=run.id,
        payout_count=len(orders),
        total_minor=sum(order.amount_minor for order in orders),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    return text


def not_taken(session: Session, payout_id: uuid.UUID, *, by: User, reason: str) -> Payout:
    """Our bank did not take this line of the file: the payout failed, its money is available again.

    NotFound (404), NotYourOwn (403), Conflict (409) unless it waits for a statement.
    """
    payout = queries.lock_payout(session, payout_id)
    if payout is None or payout.rail is not Rail.MANUAL:
        raise NotFound("There is no such payout by bank file.")
    if payout.user_id == by.id:
        raise NotYourOwn
    if payout.state is not PayoutState.SENT:
        raise Conflict("This payout does not wait for the bank any more. Load the page again.")
    failed(session, payout, reason.strip())
    audit.record(
        session,
        "staff:payout:not_taken",
        actor_id=by.id,
        subject_type="payout",
        subject_id=payout.id,
        amount_minor=payout.amount_minor,
        reason=reason.strip(),
    )
    return payout


def _goes(session: Session, payout: Payout, account: PayoutAccount) -> bool:
    """Sent before, or from now on; cancelled when the account is another one by now."""
    if payout.state is PayoutState.SENT:
        return account.external_id == payout.destination
    if policy.is_same_place(account, payout):
        payout.move(PayoutState.SENT)
        payout.provider_key = policy.reference(payout.id)
        payout.sent_at = clock.database_now(session)
        return True
    cancel(session, [payout], ACCOUNT_CHANGED)
    return False


def _order(payout: Payout, account: PayoutAccount, sealer: Sealer) -> Order:
    return Order(
        reference=policy.reference(payout.id),
        details=open_bank(account, sealer),
        country=account.country,
        amount_minor=payout.amount_minor,
        currency=payout.currency,
    )


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


def _purpose(account_id: uuid.UUID) -> str:
    """One for each account: sealed details copied to another row are worthless there."""
    return f"payout_account.{account_id}"
