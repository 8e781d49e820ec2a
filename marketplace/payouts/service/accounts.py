"""Payout accounts: opened here, filled in on the provider's own page, read back from the provider."""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.gateways.stripe.states import AccountState
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.database import insert_once
from marketplace.kit.errors import NotFound
from marketplace.kit.events import publish
from marketplace.payouts import queries
from marketplace.payouts.events import PayoutAccountChanged
from marketplace.payouts.models import PayoutAccount, PayoutAccountState, Rail
from marketplace.payouts.service.returning import cancel_unsent


def open_account(session: Session, *, user: User, country: str) -> PayoutAccount:
    """The person's payout account, made when there is none yet; the provider's id comes after the commit.

    Until the provider has made its part another country may be chosen.
    """
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
    if account.rail is Rail.MANUAL:
        _leave_bank(session, account)
    if account.external_id is None:
        account.country = country.upper()
    return account


def _leave_bank(session: Session, account: PayoutAccount) -> None:
    """From bank transfer to the payment service: another place than before, once it is ready there."""
    account.rail, account.state = Rail.STRIPE, PayoutAccountState.ONBOARDING
    account.external_id, account.sealed = None, None
    account.requirements = {"known_bank": account.requirements.get("known_bank", {})}
    note_change(session, account)


def account_key(user_id: uuid.UUID, country: str) -> str:
    """The idempotency key under which the provider makes a person's account in a country once."""
    return f"expert:{user_id}:account:{country.lower()}"


def remember_account(session: Session, user_id: uuid.UUID, external_id: str) -> None:
    """Keep the provider's id of the account it made; a second answer changes nothing."""
    account = queries.lock_account_of(session, user_id)
    if account is not None and account.external_id is None:
        account.external_id = external_id
        audit.record(
            session,
            "expert:payout_account:opened",
            actor_id=user_id,
            subject_type="payout_account",
            subject_id=account.id,
        )


def apply_account(session: Session, state: AccountState) -> None:
    """Keep what the provider says now about an account; an account that is not ours is ignored.

    Another bank than before is written down: nothing is paid to it for some days (money.toml).
    """
    account = queries.account_by_external_id(session, state.id)
    if account is None:
        return
    bank = {"name": state.bank_name, "last4": state.bank_last4}
    known = account.requirements.get("known_bank") or account.requirements.get("bank", {})
    if _is_another(known, bank):
        note_change(session, account)
    account.requirements = {
        "currently_due": list(state.currently_due),
        "disabled_reason": state.disabled_reason,
        "bank": bank,
        "known_bank": bank if state.bank_last4 else known,  # one that is taken away is still the one before
    }
    account.state = _state(state)


def note_change(session: Session, account: PayoutAccount) -> None:
    """Another bank than before: written down and told; what was not sent is cancelled, never redirected."""
    account.changed_at = clock.database_now(session)
    audit.record(
        session,
        "expert:payout_account:bank_changed",
        actor_id=account.user_id,
        subject_type="payout_account",
        subject_id=account.id,
    )
    publish(session, PayoutAccountChanged(user_id=account.user_id))
    cancel_unsent(session, account.user_id)


def lose_account(session: Session, external_id: str) -> None:
    """The person has cut the tie between us and their account: nothing can be sent there any more."""
    account = queries.account_by_external_id(session, external_id)
    if account is not None:
        account.state = PayoutAccountState.RESTRICTED
        account.requirements = {**account.requirements, "disabled_reason": "disconnected"}
        cancel_unsent(session, account.user_id)


def _is_another(before: dict[str, Any], bank: dict[str, Any]) -> bool:
    """A bank that was known is now a different one; the first one is no change, and none is none yet."""
    return before.get("last4") is not None and bank["last4"] is not None and before != bank


def _state(state: AccountState) -> PayoutAccountState:
    if state.transfers_enabled and state.details_submitted:
        return PayoutAccountState.READY
    return PayoutAccountState.RESTRICTED if state.details_submitted else PayoutAccountState.ONBOARDING
