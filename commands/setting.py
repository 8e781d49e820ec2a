"""What a command finds around it: the application's wiring, one transaction, a refusal as a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import click
from flask import current_app
from sqlalchemy.orm import Session

from config.settings import Settings
from marketplace.kit.application import Application
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Refusal

T = TypeVar("T")


def application() -> Application:
    """The application this command runs under."""
    return cast("Application", current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's way


def sessions() -> Sessions:
    """The application's sessions."""
    return application().sessions


def wired(kind: Any) -> Any:
    """The instance of `kind` that app.py wired."""
    return application().extensions["assay"][kind]


def only_for_trying_out(what: str) -> Settings:
    """The settings; a house in production or with real money refuses `what` (plural, begins a sentence)."""
    settings: Settings = wired(Settings)
    if settings.production or not settings.test_money:
        raise click.ClickException(f"{what} belong on a machine for trying out, with test money.")
    return settings


@contextmanager
def one_transaction() -> Iterator[Session]:
    """One command, one transaction; a refusal ends the command with its sentence and status 1."""
    try:
        with transaction(sessions()) as session:
            yield session
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None
