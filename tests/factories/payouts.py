"""People who have earned something, accounts that can be paid, runs of two people."""

import uuid
from datetime import date, timedelta

from sqlalchemy.orm import Session

from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.identity.models import Role, User
from marketplace.kit import ids
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry
from marketplace.payouts import queries, service
from marketplace.payouts.models import (
    Earning,
    EarningKind,
    Payout,
    PayoutAccount,
    PayoutAccountState,
    PayoutRun,
)
from marketplace.payouts.service import Earned
from tests.factories import gateways
from tests.factories.identity import make_user

AMOUNT_MINOR = 4_334
REASON = "The end of a hold in a test of payouts."


def make_expert(session: Session, *roles: Role, name: str = "Ada Byron") -> User:
    """Somebody who is paid."""
    return make_user(session, roles=[Role.EXPERT, *roles], name=name)


def make_finance(session: Session, name: str = "Fin Ance") -> User:
    """Somebody who handles payouts."""
    return make_user(session, roles=[Role.FINANCE], name=name)


def earned(user: User, amount_minor: int = AMOUNT_MINOR, *, key: str | None = None) -> Earned:
    """Pay for one thing, without its posting."""
    return Earned(
        user_id=user.id,
        project_id=None,
        kind=EarningKind.BONUS,
        amount_minor=amount_minor,
        ledger_key=key or f"bonus:{ids.new_id()}",
        ref_type="bonus",
        ref_id=uuid.uuid4(),
        reason="A bonus for careful work",
    )


def earn(
    session: Session,
    user: User,
    amount_minor: int = AMOUNT_MINOR,
    *,
    source: tuple[Kind, uuid.UUID] = (Kind.STRIPE_BALANCE, PLATFORM),
) -> Earning:
    """A posting into expert_pending and the earning beside it; `source` is who pays."""
    what = earned(user, amount_minor)
    ledger.post_all(
        session,
        [
            Entry(
                kind="bonus",
                key=what.ledger_key,
                legs=[
                    (
                        source,
                        (Kind.EXPERT_PENDING, user.id),
                        Money(amount_minor),
                    )
                ],
                ref_type="bonus",
                ref_id=what.ref_id,
            )
        ],
    )
    assert service.record_earning(session, what)
    session.flush()
    found = queries.earning_by_key(session, what.ledger_key)
    assert found is not None
    return found


def earn_available(session: Session, user: User, amount_minor: int = AMOUNT_MINOR) -> Earning:
    """An earning whose hold was ended by staff."""
    earning = earn(session, user, amount_minor)
    service.release_hold(session, user.id, by=make_finance(session), reason=REASON)
    session.flush()
    return earning


def make_account(
    session: Session, user: User, external_id: str | None = None, **columns: object
) -> PayoutAccount:
    """A payout account that can receive, unknown to the provider."""
    account = PayoutAccount(
        user=user,
        country="US",
        external_id=external_id or f"acct_{ids.new_id().hex[:16]}",
        **{"state": PayoutAccountState.READY, **columns},  # type: ignore[arg-type]
    )
    session.add(account)
    session.flush()
    return account


def make_payable(
    session: Session, payments: EmulatedPayments | None = None, *, amount_minor: int = AMOUNT_MINOR
) -> User:
    """An expert with money available and an account, real at the provider when `payments` is given."""
    user = make_expert(session)
    make_account(session, user, gateways.ready_account(payments) if payments else None)
    earn_available(session, user, amount_minor)
    return user


def make_run(session: Session, *, approved: bool = False) -> PayoutRun:
    """A run of everybody payable, prepared and, if wanted, approved by two people."""
    run = service.prepare_run(session, by=make_finance(session))
    session.flush()
    if approved:
        service.approve_run(session, run, by=make_finance(session, "Otto Second"))
        session.flush()
    return run


def make_approved_payout(
    session: Session, payments: EmulatedPayments | None = None, *, amount_minor: int = AMOUNT_MINOR
) -> Payout:
    """The payout of one person in an approved run."""
    user = make_payable(session, payments, amount_minor=amount_minor)
    make_run(session, approved=True)
    payout = queries.payouts_of(session, user.id, None).rows[0]
    assert isinstance(payout, Payout)
    return payout


def put_on_withholding(session: Session, user: User) -> None:
    """Two people of finance say that a law withholds a part of this person's payouts."""
    why = "The authority says that the tax number is wrong."
    row = service.propose_withholding(
        session, user.id, by=make_finance(session), reason=why, letter_on=date(2026, 11, 2)
    )
    service.approve_withholding(session, row.id, by=make_finance(session, "Otto Second"))
    session.flush()


MINUTES = [timedelta(minutes=6 * n) for n in range(1, 16)]
