"""`payouts run`: prepare a run, or approve one that somebody else prepared."""

import uuid

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from commands.setting import one_transaction, sessions, wired
from marketplace.gateways import Gateways
from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit.database import transaction
from marketplace.kit.money import shown
from marketplace.payouts import queries
from marketplace.payouts import service as payouts_service

payouts = AppGroup("payouts", help="Expert money going out: run.")
FINANCE = {"finance", "admin"}


@payouts.command("run")
@click.option("--by", "email", required=True, help="E-mail of the finance person who does this.")
@click.option("--approve", "run_id", type=click.UUID, help="Approve and send this prepared run.")
def run(email: str, run_id: uuid.UUID | None) -> None:
    """Prepare a payout run; with --approve, send one that another person prepared."""
    if run_id is None:
        _prepare(email)
    else:
        _approve(email, run_id)


def _prepare(email: str) -> None:
    with one_transaction() as session:
        prepared = payouts_service.prepare_run(session, by=_person(session, email))
        click.echo(f"{prepared.id}  {prepared.payout_count} payouts, {shown(prepared.total_minor)}")
        click.echo("Somebody else must approve it: payouts run --by EMAIL --approve " + str(prepared.id))


def _approve(email: str, run_id: uuid.UUID) -> None:
    with one_transaction() as session:
        prepared = queries.run(session, run_id)
        if prepared is None:
            raise click.ClickException("There is no such run.")
        payouts_service.approve_run(session, prepared, by=_person(session, email))
    gateways: Gateways = wired(Gateways)
    with transaction(sessions(), write=False) as session:
        waiting = queries.unsettled(session)
    with click.progressbar(waiting, label="Sending") as bar:
        for payout_id in bar:
            payouts_service.send(sessions(), gateways.stripe, payout_id)
    with transaction(sessions(), write=False) as session:
        left = len(queries.unsettled(session))
    click.echo(f"{len(waiting) - left} sent, {left} still open")


def _person(session: Session, email: str) -> User:
    user = identity.by_email(session, email)
    if user is None or FINANCE.isdisjoint(identity.roles_of(session, user.id)):
        raise click.ClickException(f"{email} is not a finance person.")
    return user
