"""`matching`: which models order the jobs and whether the sentence model is on; the work of a night now."""

import click
from flask.cli import AppGroup

from commands.setting import one_transaction, sessions, wired
from marketplace.matching import queries, service
from marketplace.matching.service import SentenceModel

matching = AppGroup("matching", help="How jobs are ordered by text: status, refit.")


@matching.command("status")
def status() -> None:
    """Say what is fitted, whether the sentence model is on or why not, and how much it has read."""
    model = wired(SentenceModel)
    with one_transaction() as session:
        number = queries.newest_model(session)
        read, documents = queries.count_meanings(session)
    click.echo(
        f"Model of spelling: number {number}" if number else "Model of spelling: none before the first night"
    )
    click.echo(f"Sentence model: on, {model.id}" if model.is_on else f"Sentence model: off. {model.why_off}")
    click.echo(f"Documents read by a sentence model: {read} of {documents}")


@matching.command("refit")
def refit() -> None:
    """Do now what the worker does at night: index, fit, and read with the sentence model when it is on."""
    service.refit(sessions(), {})
    service.read(sessions(), {}, model=wired(SentenceModel))
    click.echo("Done. `matching status` says what there is; the worker goes on where much is left to read.")
