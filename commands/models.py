"""`models reseal`: seal keys of models, numbers and bank details with the newest secret."""

import click
from flask.cli import AppGroup

from commands.setting import one_transaction, wired
from marketplace.experts import service as experts
from marketplace.kit.sealing import Sealer
from marketplace.payouts import service as payouts
from marketplace.projects import service
from marketplace.statements import service as statements

models = AppGroup("models", help="Chat models that companies have set: reseal.")


@models.command("reseal")
def reseal() -> None:
    """Seal keys, numbers and bank details with SECRET_KEY, so that SECRET_KEY_FALLBACK can be taken away."""
    with one_transaction() as session:
        count = service.reseal_keys(session, wired(Sealer))
        numbers = experts.reseal_numbers(session, wired(Sealer))
        banks, lost = payouts.reseal_banks(session, wired(Sealer))
        taxes = statements.reseal_tax_numbers(session, wired(Sealer))
    sealed = f"{count} keys, {numbers} numbers, {banks} bank details and {taxes} tax numbers"
    said = f"{sealed} sealed with SECRET_KEY."
    click.echo(f"{said} SECRET_KEY_FALLBACK may go.")
    if lost:
        whose = ", ".join(map(str, lost))
        said = f"{len(lost)} bank details cannot be opened"
        click.echo(f"{said}. These people have to give them again: {whose}.")
