"""Accounts that people are paid to: made by us, filled in by the person, looked at through a link."""

from collections.abc import Mapping
from typing import Any

from marketplace.gateways.stripe.emulator import balance, events
from marketplace.gateways.stripe.emulator.call import Call, must
from marketplace.gateways.stripe.emulator.params import (
    BOOLEAN,
    LABELS,
    TEXT,
    TEXTS,
    Params,
    choice,
    group,
    needed,
)
from marketplace.gateways.stripe.emulator.store import Body, Books
from marketplace.gateways.stripe.emulator.wire import BAD_REQUEST, ApiError, new_id
from marketplace.kit import ids

WANTED = [
    "external_account",
    "individual.dob.day",
    "individual.dob.month",
    "individual.dob.year",
    "individual.first_name",
    "individual.last_name",
    "tos_acceptance.date",
    "tos_acceptance.ip",
]
DOCUMENT = "individual.verification.document"
LINK, FORM_SECONDS = "emulator.link", 3600
BANK_NAME = "TEST BANK"
CREATE: Params = {
    "country": needed(TEXT),
    "email": TEXT,
    "business_type": choice("individual", "company"),
    "controller": group(
        stripe_dashboard=group(type=choice("express", required=True)),
        fees=group(payer=choice("application", required=True)),
        losses=group(payments=choice("application", required=True)),
        requirement_collection=choice("stripe", required=True),
    ),
    "capabilities": group(transfers=group(requested=BOOLEAN)),
    "tos_acceptance": group(service_agreement=choice("full", "recipient")),
    "settings": group(payouts=group(schedule=group(interval=choice("daily", "manual")))),
    "metadata": LABELS,
    "expand": TEXTS,
}
LINKING: Params = {
    "account": needed(TEXT),
    "type": choice("account_onboarding", required=True),
    "refresh_url": needed(TEXT),
    "return_url": needed(TEXT),
    "collection_options": group(fields=choice("currently_due", "eventually_due")),
}


class LinkSpent(Exception):
    """The link was used or is too old; `refresh_url` is where a new one is made."""

    def __init__(self, refresh_url: str) -> None:
        super().__init__(refresh_url)
        self.refresh_url = refresh_url


def create(call: Call) -> Body:
    """Make an account that wants everything yet."""
    if "controller" not in call.values:
        raise ApiError("Missing required param: controller.", code="parameter_missing", saved=False)
    return call.books.add(_account(call.books.now, call.values))


def _account(now: int, values: Mapping[str, Any]) -> Body:
    account_id, country = new_id("acct_"), values["country"].upper()
    agreement = values.get("tos_acceptance", {}).get("service_agreement", "full")
    asked = values.get("capabilities", {}).get("transfers", {}).get("requested")
    interval = values.get("settings", {}).get("payouts", {}).get("schedule", {}).get("interval", "daily")
    return {
        "id": account_id,
        "object": "account",
        "business_profile": None,
        "business_type": values.get("business_type", "individual"),
        "capabilities": {"transfers": "inactive"} if asked else {},
        "charges_enabled": False,
        "controller": {**values["controller"], "is_controller": True, "type": "application"},
        "country": country,
        "created": now,
        "default_currency": balance.CURRENCY,
        "details_submitted": False,
        "email": values.get("email"),
        "external_accounts": {
            "object": "list",
            "url": f"/v1/accounts/{account_id}/external_accounts",
            "has_more": False,
            "data": [],
        },
        "future_requirements": _requirements([]),
        "metadata": values.get("metadata", {}),
        "payouts_enabled": False,
        "requirements": _requirements(WANTED),
        "settings": _settings(interval),
        "tos_acceptance": {"service_agreement": agreement},
        "type": "express",
    }


def _requirements(wanted: list[str]) -> Body:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": wanted,
        "disabled_reason": "requirements.past_due" if wanted else None,
        "errors": [],
        "eventually_due": wanted,
        "past_due": wanted,
        "pending_verification": [],
    }


def _settings(interval: str) -> Body:
    branding = dict.fromkeys(["icon", "logo", "primary_color", "secondary_color"])
    prefixes = ("statement_descriptor_prefix", "statement_descriptor_prefix_kana")
    return {
        "branding": branding,
        "card_payments": {
            "decline_on": {"avs_failure": False, "cvc_failure": False},
            **dict.fromkeys([*prefixes, "statement_descriptor_prefix_kanji"]),
        },
        "dashboard": {"display_name": None, "timezone": "Etc/UTC"},
        "payments": dict.fromkeys(
            ["statement_descriptor", "statement_descriptor_kana", "statement_descriptor_kanji"]
        ),
        "payouts": {
            "debit_negative_balances": True,
            "schedule": {"delay_days": 2, "interval": interval},
            "statement_descriptor": None,
        },
    }


def retrieve(call: Call) -> Body:
    """One account."""
    return must(call.books.get("account", call.ids[0]), "account", call.ids[0])


def link(call: Call) -> Body:
    """The address of the onboarding form: once, within five minutes."""
    values, books = call.values, call.books
    account_id = values["account"]
    must(books.get("account", account_id), "account", account_id, param="account", status=BAD_REQUEST)
    lasts = books.rules.link_seconds
    kept = {name: values[name] for name in ("account", "refresh_url", "return_url")}
    token = _keep_link(books, {**kept, "page": "onboarding"}, lasts)
    return {
        "object": "account_link",
        "created": books.now,
        "expires_at": books.now + lasts,
        "url": f"{books.rules.public_url}/gateway/onboarding/{token}",
    }


def login(call: Call) -> Body:
    """The address of the person's own page; only once onboarding is done."""
    account = retrieve(call)
    if not account["details_submitted"]:
        raise ApiError(
            "Cannot create a login link for an account that has not completed onboarding.", saved=False
        )
    kept = {"account": account["id"], "refresh_url": "", "return_url": "", "page": "express"}
    token = _keep_link(call.books, kept, call.books.rules.link_seconds)
    url = f"{call.books.rules.public_url}/gateway/express/{token}"
    return {"object": "login_link", "created": call.books.now, "url": url}


def _keep_link(books: Books, kept: Body, lasts: int) -> str:
    token = ids.token()
    books.add({**kept, "id": token, "object": LINK, "expires_at": books.now + lasts, "used": False})
    return token


def follow(books: Books, token: str, page: str) -> tuple[Body, Body]:
    """The link and its account; LinkSpent when it is used, too old or unknown."""
    kept = books.get(LINK, token)
    if kept is None or kept["page"] != page:
        raise LinkSpent("")
    # somebody who opened the form in time may take an hour to fill it in
    lasts = kept["expires_at"] + (FORM_SECONDS if kept.get("opened") else 0)
    if kept["used"] or books.now > lasts:
        raise LinkSpent(kept["refresh_url"])
    if not kept.get("opened"):
        kept = books.save({**kept, "opened": True})
    return kept, must(books.get("account", kept["account"]), "account", kept["account"])


def submit(books: Books, token: str, *, name: str, bank_number: str, verified: bool) -> str:
    """Send the onboarding form; answers where the person goes next.

    `verified` False: the provider still wants a document, and nothing can be sent to the account.
    """
    kept, account = follow(books, token, "onboarding")
    books.save({**kept, "used": True})
    bank = _bank(account, name, bank_number)
    done = {
        "details_submitted": True,
        "payouts_enabled": verified,
        "capabilities": {"transfers": "active" if verified else "inactive"},
        "requirements": _requirements([] if verified else [DOCUMENT]),
        "external_accounts": {**account["external_accounts"], "data": [bank]},
    }
    account = books.save({**account, **done})
    events.record(books, "account.updated", account, account=account["id"])
    events.record(books, "capability.updated", _capability(books, account), account=account["id"])
    return str(kept["return_url"])


def restrict(books: Books, account_id: str, wanted: list[str]) -> None:
    """The provider wants more: transfers stop until it has it."""
    account = must(books.get("account", account_id), "account", account_id)
    stopped = {"capabilities": {"transfers": "inactive"}, "requirements": _requirements(wanted)}
    account = books.save({**account, **stopped, "payouts_enabled": False})
    events.record(books, "account.updated", account, account=account_id)


def _bank(account: Body, name: str, number: str) -> Body:
    return {
        "id": new_id("ba_"),
        "object": "bank_account",
        "account": account["id"],
        "account_holder_name": name,
        "account_holder_type": "individual",
        "account_type": None,
        "available_payout_methods": ["standard"],
        "bank_name": BANK_NAME,
        "country": account["country"],
        "currency": balance.CURRENCY,
        "default_for_currency": True,
        "fingerprint": None,
        "last4": number[-4:],
        "metadata": {},
        "routing_number": None,
        "status": "new",
    }


def _capability(books: Books, account: Body) -> Body:
    return {
        "id": "transfers",
        "object": "capability",
        "account": account["id"],
        "future_requirements": account["future_requirements"],
        "requested": True,
        "requested_at": books.now,
        "requirements": account["requirements"],
        "status": account["capabilities"]["transfers"],
    }
