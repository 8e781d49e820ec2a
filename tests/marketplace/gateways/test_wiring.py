"""Which gateway stands behind each protocol: test money, Stripe's test mode, real money, and what refuses to start."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import stripe
from pydantic import SecretStr

from config.settings import BadSettings, Settings, from_environment
from marketplace.gateways import Gateways, wiring
from marketplace.gateways.language_models.protocol import SCRIPTED, Address, Message
from marketplace.gateways.mail.folder import FolderMailer
from marketplace.gateways.mail.smtp import SmtpMailer
from marketplace.gateways.storage.disk import DiskStorage
from marketplace.gateways.storage.s3 import S3Storage
from marketplace.gateways.stripe.client import StripePayments
from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.events import Endpoint
from marketplace.gateways.stripe.protocol import Payments

ROOT = Path(__file__).parents[3]
LIVE = {"webhook_secret": "whsec_a", "connect_secret": "whsec_b"}


def payments(key: str, tmp_path: Path, **changes: Any) -> Payments:
    return wiring.make_payments(
        key,
        **{
            "webhook_secret": "",
            "connect_secret": "",
            "emulator_path": tmp_path / "e" / "payments.sqlite",
            "public_url": "http://assay.test/",
            **changes,
        },
    )


def test_without_a_key_the_emulator_answers(tmp_path: Path) -> None:
    made = payments("", tmp_path)
    assert isinstance(made, EmulatedPayments)
    assert not made.livemode
    assert all(made.emulator.secrets[door].startswith("whsec_") for door in Endpoint)


def test_secrets_of_the_settings_sign_the_emulators_events(tmp_path: Path) -> None:
    made = payments("", tmp_path, webhook_secret="whsec_given")
    assert isinstance(made, EmulatedPayments)
    assert made.emulator.secrets[Endpoint.PLATFORM] == "whsec_given"
    assert made.emulator.secrets[Endpoint.CONNECT].startswith("whsec_")


def test_a_test_key_talks_to_stripe_in_test_mode(tmp_path: Path) -> None:
    made = payments("sk_test_x", tmp_path)
    assert type(made) is StripePayments
    assert not made.livemode
    assert not (tmp_path / "e").exists()
    other = payments("sk_test_x", tmp_path, api_base="http://127.0.0.1:12111")
    assert isinstance(other, StripePayments)
    assert other._client._requestor.base_addresses["api"] == "http://127.0.0.1:12111"


@pytest.mark.parametrize("key", ["sk_live_x", "rk_live_x"])
def test_a_live_key_talks_to_stripe_and_nobody_else(key: str, tmp_path: Path) -> None:
    made = payments(key, tmp_path, **LIVE)
    assert type(made) is StripePayments
    assert made.livemode
    assert made._client._requestor.base_addresses["api"] == stripe.DEFAULT_API_BASE
    assert made.deliver(lambda *_: 200) == 0


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("sk_live_x", {**LIVE, "api_base": "http://127.0.0.1:12111"}),
        ("sk_live_x", {**LIVE, "webhook_secret": ""}),
        ("sk_live_x", {**LIVE, "connect_secret": "  "}),
        ("rk_live_x", {}),
        ("pk_live_x", LIVE),
        ("live", LIVE),
    ],
)
def test_what_refuses_to_start(key: str, changes: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(wiring.BadWiring):
        payments(key, tmp_path, **changes)


PROBE = """
import sys
from pathlib import Path
from marketplace.gateways import wiring
wiring.make_payments({key!r}, webhook_secret="whsec_a", connect_secret="whsec_b",
                     emulator_path=Path({path!r}), public_url="http://assay.test")
import stripe
assert stripe.enable_telemetry is False
print(sorted(name for name in sys.modules if "emulat" in name))
"""


@pytest.mark.parametrize(("key", "imported"), [("sk_live_x", False), ("sk_test_x", False), ("", True)])
def test_a_key_never_imports_the_emulator(key: str, *, imported: bool, tmp_path: Path) -> None:
    probe = PROBE.format(key=key, path=str(tmp_path / "payments.sqlite"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    said = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert (said.stdout.strip() != "[]") is imported


def test_protocols_bring_neither_the_sdk_nor_the_web() -> None:
    probe = (
        "import sys, marketplace.gateways, marketplace.gateways.stripe.protocol,"
        " marketplace.gateways.stripe.outcomes, marketplace.gateways.stripe.errors;"
        " print([n for n in ('stripe', 'flask', 'werkzeug', 'smtplib') if n in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_settings_make_every_gateway(tmp_path: Path) -> None:
    settings = Settings(secret_key=SecretStr("x" * 32), database_url="sqlite://", var=tmp_path)
    made = wiring.make(settings)
    assert isinstance(made, Gateways)
    assert isinstance(made.stripe, EmulatedPayments)
    assert isinstance(made.mail, FolderMailer)
    assert isinstance(made.storage, DiskStorage)
    assert wiring.emulated(settings)
    posted = settings.model_copy(update={"mail_url": "smtps://u:p@mail.example"})
    assert isinstance(wiring.make(posted).mail, SmtpMailer)
    keyed = settings.model_copy(update={"stripe_secret_key": SecretStr("sk_test_x")})
    assert not wiring.emulated(keyed)
    assert not wiring.make(keyed).stripe.livemode


def test_models_are_played_called_or_the_operators_own(tmp_path: Path) -> None:
    models = wiring.make_models(("llm.lan:8080",))
    hello = [Message("user", "Hello")]
    assert "practice model" in "".join(models.answer(Address(SCRIPTED, "any"), hello))
    assert models.problem("scripted:villain") is not None
    assert models.problem("https://models.example.org/v1") is None
    assert models.problem("http://llm.lan:8080/v1") is None
    assert models.problem("http://llm.lan:8081/v1") is not None


def test_a_setting_names_the_operators_models(tmp_path: Path) -> None:
    given = {"SECRET_KEY": "x" * 32, "VAR_DIR": str(tmp_path), "MODEL_HOSTS": "127.0.0.1:11434, llm.lan:80"}
    settings = from_environment(given)
    assert settings.model_hosts == ("127.0.0.1:11434", "llm.lan:80")
    assert wiring.make(settings).language_models.problem("http://127.0.0.1:11434/v1") is None
    with pytest.raises(wiring.BadWiring, match="MODEL_HOSTS"):
        wiring.make_models(("http://llm.lan",))


BUCKET = {"STORAGE_BUCKET": "files", "STORAGE_KEY_ID": "k", "STORAGE_SECRET": "s"}


def test_a_setting_names_the_bucket(tmp_path: Path) -> None:
    given = {"SECRET_KEY": "x" * 32, "VAR_DIR": str(tmp_path), "DATABASE_URL": "sqlite://", **BUCKET}
    for endpoint in ("", "https://s3.example.org", "http://127.0.0.1:9000"):
        made = wiring.make(from_environment({**given, "STORAGE_ENDPOINT": endpoint}))
        assert isinstance(made.storage, S3Storage)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"STORAGE_SECRET": ""}, "STORAGE_KEY_ID and STORAGE_SECRET"),
        ({"STORAGE_BUCKET": ""}, "STORAGE_BUCKET is missing"),
        ({"STORAGE_ENDPOINT": "http://s3.example.org"}, "https://host"),
        ({"STORAGE_ENDPOINT": "https://k:s@s3.example.org"}, "https://host"),
        ({"STORAGE_ENDPOINT": "file:///etc"}, "https://host"),
    ],
)
def test_half_a_bucket_does_not_start(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    given = {"SECRET_KEY": "x" * 32, "VAR_DIR": str(tmp_path), **BUCKET, **changes}
    with pytest.raises(BadSettings, match=said):
        from_environment(given)


PRODUCTION = {
    "SECRET_KEY": "x" * 32,
    "DATABASE_URL": "sqlite://",
    "PRODUCTION": "1",
    "TRUSTED_HOSTS": "assay.example",
    "PUBLIC_URL": "https://assay.example",
}


def test_a_house_in_production_takes_play_money_only_when_it_says_so(tmp_path: Path) -> None:
    given = {**PRODUCTION, "VAR_DIR": str(tmp_path)}
    with pytest.raises(BadSettings, match="PLAY_PAYMENTS=1"):
        from_environment(given)
    assert from_environment({**given, "PLAY_PAYMENTS": "1"}).test_money
    assert not from_environment(
        {**given, "PLAY_PAYMENTS": "", "STRIPE_SECRET_KEY": "sk_test_1"}
    ).play_payments
    with pytest.raises(BadSettings, match="exclude each other"):
        from_environment({**given, "PLAY_PAYMENTS": "1", "STRIPE_SECRET_KEY": "sk_test_1"})
