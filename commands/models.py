"""`models reseal`: seal the keys of companies' models with the newest secret."""

import click
from flask.cli import AppGroup

from commands.setting import one_transaction, wired
from marketplace.kit.sealing import Sealer
from marketplace.projects import service

models = AppGroup("models", help="Chat models that companies have set: reseal.")


@models.command("reseal")
def reseal() -> None:
    """Seal every key with SECRET_KEY, so that SECRET_KEY_FALLBACK can be taken away."""
    with one_transaction() as session:
        count = service.reseal_keys(session, wired(Sealer))
    click.echo(f"{count} keys sealed with SECRET_KEY. SECRET_KEY_FALLBACK may go.")
