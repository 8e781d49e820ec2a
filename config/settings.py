"""Settings: read once from the environment, frozen, checked before anything starts."""

import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError, field_validator, model_validator

from config.tax import Role

ROOT = Path(__file__).parent.parent
SECRET_LENGTH = 32
_ENDPOINT = re.compile(r"https://[^\s/@]+/?|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?/?")
_FROM = {
    "secret_key": "SECRET_KEY",
    "secret_key_fallback": "SECRET_KEY_FALLBACK",
    "database_url": "DATABASE_URL",
    "public_url": "PUBLIC_URL",
    "trusted_hosts": "TRUSTED_HOSTS",
    "trusted_proxies": "TRUSTED_PROXY_COUNT",
    "production": "PRODUCTION",
    "var": "VAR_DIR",
    "storage_bucket": "STORAGE_BUCKET",
    "storage_prefix": "STORAGE_PREFIX",
    "storage_endpoint": "STORAGE_ENDPOINT",
    "storage_region": "STORAGE_REGION",
    "storage_key_id": "STORAGE_KEY_ID",
    "storage_secret": "STORAGE_SECRET",
    "mail_url": "MAIL_URL",
    "mail_from": "MAIL_FROM",
    "play_payments": "PLAY_PAYMENTS",
    "stripe_secret_key": "STRIPE_SECRET_KEY",
    "stripe_webhook_secret": "STRIPE_WEBHOOK_SECRET",
    "stripe_connect_secret": "STRIPE_CONNECT_SECRET",
    "rate_limit_store": "RATE_LIMIT_STORE",
    "rate_limits": "RATE_LIMITS",
    "project_check": "PROJECT_CHECK",
    "model_hosts": "MODEL_HOSTS",
    "sentence_model": "SENTENCE_MODEL",
    "tax_role": "TAX_ROLE",
    "log_level": "LOG_LEVEL",
}


class BadSettings(Exception):
    """The environment cannot be used; the message names the variable and what to do."""


class Settings(BaseModel):
    """Everything an operator decides; each field is one environment variable of `.env.example`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    secret_key: SecretStr
    secret_key_fallback: SecretStr = SecretStr("")
    database_url: str
    public_url: str = "http://127.0.0.1:8000"
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0
    production: bool = False
    testing: bool = False
    var: Path = ROOT / "var"
    storage_bucket: str = ""
    storage_prefix: str = ""
    storage_endpoint: str = ""
    storage_region: str = "us-east-1"
    storage_key_id: SecretStr = SecretStr("")
    storage_secret: SecretStr = SecretStr("")
    mail_url: str = ""
    mail_from: str = "Assay <assay@localhost>"
    play_payments: bool = False
    stripe_secret_key: SecretStr = SecretStr("")
    stripe_webhook_secret: SecretStr = SecretStr("")
    stripe_connect_secret: SecretStr = SecretStr("")
    rate_limit_store: str = "memory://"
    rate_limits: bool = True
    project_check: Literal["all", "first", "none"] = "first"
    model_hosts: tuple[str, ...] = ()
    sentence_model: str = ""
    tax_role: Role = "payer"
    log_level: str = "INFO"

    @field_validator("secret_key")
    @classmethod
    def _long(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < SECRET_LENGTH:
            raise ValueError(
                f"needs at least {SECRET_LENGTH} characters; `make run` writes one to var/secret"
            )
        return value

    @field_validator("trusted_hosts", "model_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(host.strip() for host in value.split(",") if host.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("database_url")
    @classmethod
    def _driver(cls, value: str) -> str:
        return re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql+psycopg://", value)

    @model_validator(mode="after")
    def _safe_in_production(self) -> "Settings":
        if self.production and not self.trusted_hosts:
            raise ValueError("TRUSTED_HOSTS must name the host names people use when PRODUCTION is on")
        if self.production and not self.rate_limits:
            raise ValueError("RATE_LIMITS can be off for benchmarks only, not when PRODUCTION is on")
        if self.production and not self.public_url.startswith("https://"):
            raise ValueError("PUBLIC_URL must begin with https:// when PRODUCTION is on")
        return self

    @model_validator(mode="after")
    def _whole_payments(self) -> "Settings":
        key = self.stripe_secret_key.get_secret_value()
        if self.production and not key and not self.play_payments:
            raise ValueError(
                "STRIPE_SECRET_KEY is missing: without it everybody pays with play money."
                " PLAY_PAYMENTS=1 says that this is wanted, for a house to try out"
            )
        if key and self.play_payments:
            raise ValueError("PLAY_PAYMENTS and STRIPE_SECRET_KEY exclude each other: take one away")
        if not self.test_money and not (
            self.stripe_webhook_secret.get_secret_value() and self.stripe_connect_secret.get_secret_value()
        ):
            raise ValueError("a live Stripe key needs STRIPE_WEBHOOK_SECRET and STRIPE_CONNECT_SECRET")
        return self

    @model_validator(mode="after")
    def _whole_bucket(self) -> "Settings":
        keys = self.storage_key_id.get_secret_value() and self.storage_secret.get_secret_value()
        if self.storage_bucket and not keys:
            raise ValueError("STORAGE_BUCKET needs STORAGE_KEY_ID and STORAGE_SECRET")
        if not self.storage_bucket and (self.storage_endpoint or keys):
            raise ValueError("STORAGE_BUCKET is missing: name it, or leave the other STORAGE_ settings empty")
        if self.storage_endpoint and not _ENDPOINT.fullmatch(self.storage_endpoint):
            raise ValueError(
                "STORAGE_ENDPOINT is https://host, or http://127.0.0.1:port for a store on this machine"
            )
        return self

    @property
    def secure(self) -> bool:
        """People come over https, so cookies are `__Host-` and Secure."""
        return self.public_url.startswith("https://")

    @property
    def test_money(self) -> bool:
        """No real money moves: the emulator or Stripe's test mode is on."""
        return not self.stripe_secret_key.get_secret_value().startswith(("sk_live_", "rk_live_"))


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; BadSettings names the first variable that is wrong.

    Outside production a missing key and database are those of `make run`: var/secret and var/assay.db.
    """
    given: dict[str, object] = {
        name: environment[variable] for name, variable in _FROM.items() if environment.get(variable)
    }
    if not given.get("production"):
        var = Path(str(given.get("var", ROOT / "var")))
        given.setdefault("secret_key", _own_secret(var))
        given.setdefault("database_url", f"sqlite:///{var}/assay.db")
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        variable = _FROM.get(str(first["loc"][0]), str(first["loc"][0])) if first["loc"] else "the settings"
        raise BadSettings(f"{variable}: {first['msg']}") from None


def _own_secret(var: Path) -> str:
    """The key this machine keeps for itself, made when there is none; only its owner can read it."""
    path = var / "secret"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(SECRET_LENGTH) + "\n")
    return path.read_text().strip()
