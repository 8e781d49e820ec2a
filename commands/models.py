"""`models reseal`: seal keys of models and numbers of credentials with the newest secret."""

import click
from flask.cli import AppGroup

from commands.setting import one_transaction, wired
from marketplace.experts import service as experts
from marketplace.kit.sealing import Sealer
from marketplace.projects import service

models = AppGroup("models", help="Chat models that companies have set: reseal.")


@models.command("reseal")
def reseal() -> None:
    """Seal every key and number with SECRET_KEY, so that SECRET_KEY_FALLBACK can be taken away."""
    with one_transaction() as session:
        count = service.reseal_keys(session, wired(Sealer))
        numbers = experts.reseal_numbers(session, wired(Sealer))
    click.echo(f"{count} keys and {numbers} numbers sealed with SECRET_KEY. SECRET_KEY_FALLBACK may go.")
