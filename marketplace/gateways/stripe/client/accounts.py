"""Where people are paid: their account at the provider, what it still wants, their page there."""

import uuid

import stripe

from marketplace.gateways.stripe.client.asking import Base, asking, given
from marketplace.gateways.stripe.states import AccountState


class Accounts(Base):
    """Connect recipients with the Express dashboard."""

    def create_account(self, *, owner_id: uuid.UUID, email: str, country: str, idempotency_key: str) -> str:
        """Make the account a person is paid to; answers its id."""
        with asking():
            made = self._client.v1.accounts.create(
                {
                    "country": country,
                    "email": email,
                    "business_type": "individual",
                    "controller": {
                        "stripe_dashboard": {"type": "express"},
                        "fees": {"payer": "application"},
                        "losses": {"payments": "application"},
                        "requirement_collection": "stripe",
                    },
                    "capabilities": {"transfers": {"requested": True}},
                    "tos_acceptance": {"service_agreement": _agreement(country)},
                    "settings": {"payouts": {"schedule": {"interval": "daily"}}},
                    "metadata": {"owner_id": str(owner_id)},
                },
                {"idempotency_key": idempotency_key},
            )
        return made.id

    def account_link(self, account_id: str, *, refresh_url: str, return_url: str) -> str:
        """The address where the person tells the provider who they are: once, within five minutes."""
        with asking():
            link = self._client.v1.account_links.create(
                {
                    "account": account_id,
                    "type": "account_onboarding",
                    "refresh_url": refresh_url,
                    "return_url": return_url,
                    "collection_options": {"fields": "eventually_due"},
                }
            )
        return link.url

    def login_link(self, account_id: str) -> str:
        """The address of the person's own page at the provider."""
        with asking():
            return self._client.v1.accounts.login_links.create(account_id).url

    def read_account(self, account_id: str) -> AccountState:
        """What the provider knows of the account, and what it still wants."""
        with asking():
            account = self._client.v1.accounts.retrieve(account_id)
        bank, wanted = _bank(account), given(account, "requirements")
        return AccountState(
            id=account.id,
            details_submitted=bool(given(account, "details_submitted")),
            transfers_enabled=given(given(account, "capabilities"), "transfers") == "active",
            payouts_enabled=bool(given(account, "payouts_enabled")),
            currently_due=tuple(given(wanted, "currently_due") or ()),
            disabled_reason=given(wanted, "disabled_reason"),
            bank_name=given(bank, "bank_name"),
            bank_last4=given(bank, "last4"),
        )


def _agreement(country: str) -> str:
    """People outside the platform's country sign the recipient agreement."""
    return "full" if country.upper() == "US" else "recipient"


def _bank(account: stripe.Account) -> stripe.BankAccount | None:
    listed = given(account, "external_accounts")
    return next((one for one in (listed.data if listed else ()) if isinstance(one, stripe.BankAccount)), None)
