"""Which gateway stands behind each protocol, decided by the settings alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from config.settings import Settings
from marketplace.gateways import Gateways
from marketplace.gateways.language_models.client import ChatCompletions
from marketplace.gateways.language_models.protocol import LanguageModels
from marketplace.gateways.language_models.scripted import ScriptedModels
from marketplace.gateways.language_models.switch import ModelSwitch
from marketplace.gateways.mail.folder import FolderMailer
from marketplace.gateways.mail.protocol import Mailer
from marketplace.gateways.mail.smtp import SmtpMailer
from marketplace.gateways.outbound import targets
from marketplace.gateways.storage.disk import DiskStorage
from marketplace.gateways.storage.protocol import Storage
from marketplace.gateways.storage.s3 import Bucket, S3Storage
from marketplace.gateways.stripe.client import StripePayments
from marketplace.gateways.stripe.events import Endpoint
from marketplace.gateways.stripe.protocol import Payments

if TYPE_CHECKING:
    from flask import Blueprint

TEST, LIVE = ("sk_test_", "rk_test_"), ("sk_live_", "rk_live_")


class BadWiring(RuntimeError):
    """These settings must not run; the message says what to change."""


def make(settings: Settings) -> Gateways:
    """Every gateway of this process; BadWiring stops the start."""
    return Gateways(
        stripe=make_payments(
            settings.stripe_secret_key.get_secret_value(),
            webhook_secret=settings.stripe_webhook_secret.get_secret_value(),
            connect_secret=settings.stripe_connect_secret.get_secret_value(),
            emulator_path=settings.var / "emulator" / "payments.sqlite",
            public_url=settings.public_url,
        ),
        mail=make_mailer(settings.mail_url, sender=settings.mail_from, folder=settings.var / "mail"),
        storage=make_storage(settings),
        language_models=make_models(settings.model_hosts),
    )


def make_payments(
    secret_key: str,
    *,
    webhook_secret: str,
    connect_secret: str,
    emulator_path: Path,
    public_url: str,
    api_base: str = "",
) -> Payments:
    """No key: the emulator.  A test key: Stripe's test mode.  A live key: Stripe, and nothing else.

    With a live key the emulator is not even imported, `api_base` must be empty and both webhook secrets set.
    """
    secrets = {Endpoint.PLATFORM: webhook_secret.strip(), Endpoint.CONNECT: connect_secret.strip()}
    if not secret_key:
        return _emulator(emulator_path, public_url, secrets)
    livemode = secret_key.startswith(LIVE)
    if not livemode and not secret_key.startswith(TEST):
        raise BadWiring("STRIPE_SECRET_KEY begins with sk_test_ or sk_live_; leave it empty for test money")
    if livemode and api_base:
        raise BadWiring("a live Stripe key talks to Stripe only: remove the other address")
    if livemode and not all(secrets.values()):
        raise BadWiring("a live Stripe key needs STRIPE_WEBHOOK_SECRET and STRIPE_CONNECT_SECRET")
    return StripePayments(secret_key, webhook_secrets=secrets, livemode=livemode, api_base=api_base)


def make_mailer(url: str, *, sender: str, folder: Path) -> Mailer:
    """SMTP when there is an address, files in `folder` when there is none."""
    return SmtpMailer(url, sender=sender) if url else FolderMailer(folder, sender=sender)


def make_storage(settings: Settings) -> Storage:
    """A bucket when one is named, the folder `files` under VAR_DIR when none is."""
    if not settings.storage_bucket:
        return DiskStorage(settings.var / "files")
    return S3Storage(
        Bucket(
            name=settings.storage_bucket,
            prefix=settings.storage_prefix.strip("/"),
            endpoint=settings.storage_endpoint.rstrip("/"),
            region=settings.storage_region,
            key_id=settings.storage_key_id.get_secret_value(),
            secret=settings.storage_secret.get_secret_value(),
        )
    )


def make_models(own_hosts: Sequence[str]) -> LanguageModels:
    """Played models under `scripted:`, all others called; `own_hosts` are the operator's host:port."""
    try:
        own = [targets.place(host) for host in own_hosts]
    except ValueError as error:
        raise BadWiring(f"MODEL_HOSTS: {error}; name each as host:port, such as 127.0.0.1:11434") from None
    return ModelSwitch(scripted=ScriptedModels(), called=ChatCompletions(own=own))


def emulated(settings: Settings) -> bool:
    """No key: the emulator is on and has pages."""
    return not settings.stripe_secret_key.get_secret_value()


def emulator_doors() -> "Sequence[Blueprint]":
    """The pages on which people play with test money, while the emulator is on."""
    # imported here so that a live key never imports them
    from marketplace.gateways.stripe import (  # noqa: PLC0415
        emulator_accidents,
        emulator_disputes,
        emulator_invoices,
        emulator_pages,
    )

    return [one.bp for one in (emulator_pages, emulator_disputes, emulator_invoices, emulator_accidents)]


def _emulator(path: Path, public_url: str, secrets: dict[Endpoint, str]) -> Payments:
    # imported here so that a live key never imports it
    from marketplace.gateways.stripe.emulated import EmulatedPayments  # noqa: PLC0415
    from marketplace.gateways.stripe.emulator.server import Emulator  # noqa: PLC0415
    from marketplace.gateways.stripe.emulator.store import Rules  # noqa: PLC0415

    return EmulatedPayments(Emulator(path, rules=Rules(public_url.rstrip("/")), secrets=secrets))
