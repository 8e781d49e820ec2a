"""Payout accounts: a bank that was changed waits before anything is paid to it."""

from sqlalchemy.orm import Session

from marketplace.gateways.stripe.states import AccountState
from marketplace.payouts import service
from marketplace.payouts.models import PayoutAccount
from tests.factories.payouts import make_account, make_expert


def told(session: Session, account: PayoutAccount, last4: str | None) -> None:
    """The provider says which bank the account has now."""
    state = AccountState(
        id=str(account.external_id),
        details_submitted=True,
        transfers_enabled=last4 is not None,
        payouts_enabled=last4 is not None,
        bank_name="Test Bank" if last4 else None,
        bank_last4=last4,
    )
    service.apply_account(session, state)
    session.flush()


def test_the_first_bank_is_no_change_and_another_one_is(session: Session) -> None:
    account = make_account(session, make_expert(session))
    told(session, account, None)
    told(session, account, "6789")
    told(session, account, "6789")
    assert account.changed_at is None
    told(session, account, "4321")
    assert account.changed_at is not None


def test_taking_the_bank_away_first_does_not_spare_the_wait(session: Session) -> None:
    account = make_account(session, make_expert(session))
    told(session, account, "6789")
    told(session, account, None)
    assert account.changed_at is None
    told(session, account, "4321")
    assert account.changed_at is not None
