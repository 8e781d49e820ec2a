"""Payout accounts: opened here, filled in on the provider's own page, read back from the provider."""

import uuid

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.gateways.stripe.states import AccountState
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.database import insert_once
from marketplace.kit.errors import NotFound
from marketplace.payouts import queries
from marketplace.payouts.models import PayoutAccount, PayoutAccountState, Rail


def open_account(session: Session, *, user: User, country: str) -> PayoutAccount:
    """The person's payout account, made when there is none yet; the provider's id comes after the commit."""
    insert_once(
        session,
        PayoutAccount,
        user_id=user.id,
        rail=Rail.STRIPE,
        country=country.upper(),
        state=PayoutAccountState.ONBOARDING,
    )
    account = queries.lock_account_of(session, user.id)
    if account is None:
        raise NotFound("There is no payout account.")
    return account


def account_key(user_id: uuid.UUID) -> str:
    """The idempotency key under which the provider makes a person's account once."""
    return f"expert:{user_id}:account"


def remember_account(session: Session, user_id: uuid.UUID, external_id: str) -> None:
    """Keep the provider's id of the account it made; a second answer with the same id changes nothing."""
    account = queries.lock_account_of(session, user_id)
    if account is not None and account.external_id is None:
        account.external_id, account.changed_at = external_id, clock.database_now(session)
        audit.record(
            session,
            "expert:payout_account:opened",
            actor_id=user_id,
            subject_type="payout_account",
            subject_id=account.id,
        )


def apply_account(session: Session, state: AccountState) -> None:
    """Keep what the provider says now about an account; an account that is not ours is ignored."""
    account = queries.account_by_external_id(session, state.id)
    if account is None:
        return
    account.requirements = {
        "currently_due": list(state.currently_due),
        "disabled_reason": state.disabled_reason,
        "bank": {"name": state.bank_name, "last4": state.bank_last4},
    }
    account.state = _state(state)


def _state(state: AccountState) -> PayoutAccountState:
    if state.transfers_enabled and state.details_submitted:
        return PayoutAccountState.READY
    return PayoutAccountState.RESTRICTED if state.details_submitted else PayoutAccountState.ONBOARDING
