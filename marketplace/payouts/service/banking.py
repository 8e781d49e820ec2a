"""The manual rail: bank details kept sealed, and the files for our bank."""

import hashlib
import json
import uuid
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Conflict, NotFound
from marketplace.kit.sealing import CannotOpen, Sealer
from marketplace.ledger import service as ledger
from marketplace.payouts import policy, queries
from marketplace.payouts.errors import AlarmFirst, NothingForTheBank, NotYourOwn
from marketplace.payouts.models import (
    Payout,
    PayoutAccount,
    PayoutAccountState,
    PayoutRun,
    PayoutState,
    Rail,
)
from marketplace.payouts.service.accounts import note_change
from marketplace.payouts.service.bank_file import BankDetails, Order, written
from marketplace.payouts.service.returning import ACCOUNT_CHANGED, UNREADABLE, cancel
from marketplace.payouts.service.settling import failed


def give_bank(
    session: Session, *, user: User, country: str, details: BankDetails, sealer: Sealer
) -> PayoutAccount:
    """Keep where a person is paid by bank transfer; other details than before wait for some days.

    The details are sealed; in the open stay the name of the bank and four digits.
    """
    account = _account(session, user, country)
    if _opened(account, sealer) == details:
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


def _opened(account: PayoutAccount, sealer: Sealer) -> BankDetails | None:
    """The sealed details; None without any, or when no secret of ours opens them."""
    try:
        return BankDetails(**json.loads(sealer.open(_purpose(account.id), account.sealed or "")))
    except CannotOpen:
        return None


def reseal_banks(session: Session, sealer: Sealer) -> tuple[int, list[uuid.UUID]]:
    """Seal all bank details with the newest secret, so that the older one can go.

    How many were sealed, and the Users whose details nothing opens: they have to give them again.
    """
    lost, accounts = [], queries.sealed_accounts(session)
    for account in accounts:
        details = _opened(account, sealer)
        if details is None:
            lost.append(account.user_id)
        else:
            account.sealed = sealer.seal(_purpose(account.id), json.dumps(asdict(details)))
    return len(accounts) - len(lost), lost


def hand_over(session: Session, run: PayoutRun, *, by: User, sealer: Sealer) -> str:
    """A bank file of what was in none yet: from now on it is sent.  Without any, the newest file again.

    Empty when everything in it was cancelled, because its account is another one or cannot be read.
    NothingForTheBank (409) for a run without any, AlarmFirst (409) while a payout of it needs a person,
    NotYourOwn (403) for whoever is paid in it.
    """
    ledger.require_right_books(session)
    rows = queries.for_bank(session, run.id)
    if identity.is_one_of(session, by.id, [payout.user_id for payout, _ in rows]):
        raise NotYourOwn
    if not rows:
        raise NothingForTheBank
    if queries.has_alarm(session, run.id):
        raise AlarmFirst
    now = clock.database_now(session)
    orders = [order for payout, account in rows if (order := _order(session, payout, account, sealer, now))]
    if not orders:
        return ""
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
    if identity.is_one_of(session, by.id, [payout.user_id]):
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


def _order(
    session: Session, payout: Payout, account: PayoutAccount, sealer: Sealer, now: datetime
) -> Order | None:
    """The line of a payout that was sent before, or is from `now` on; cancelled when it cannot be."""
    details = _opened(account, sealer)
    if payout.state is PayoutState.SENT:
        gone = details is None or account.external_id != payout.destination
        return None if gone or details is None else _line_for(payout, account, details)
    if not policy.is_same_place(account, payout):
        cancel(session, [payout], ACCOUNT_CHANGED)
        return None
    if details is None:
        account.state = PayoutAccountState.RESTRICTED  # until they are given again: no run takes it
        cancel(session, [payout], UNREADABLE)
        return None
    payout.move(PayoutState.SENT)
    payout.provider_key, payout.sent_at = policy.reference(payout.id), now
    return _line_for(payout, account, details)


def _line_for(payout: Payout, account: PayoutAccount, details: BankDetails) -> Order:
    return Order(
        reference=policy.reference(payout.id),
        details=details,
        country=account.country,
        amount_minor=payout.amount_minor,
        currency=payout.currency,
    )


def _purpose(account_id: uuid.UUID) -> str:
    """One for each account: sealed details copied to another row are worthless there."""
    return f"payout_account.{account_id}"
