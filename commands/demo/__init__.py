"""`demo seed`: a small house to look around in: people, a company, a job of every kind, some work."""

import uuid
from datetime import timedelta

import click
from flask.cli import AppGroup

from commands.demo.bonuses import seed_bonuses
from commands.demo.cast import CROWD, PASSWORD, PEOPLE
from commands.demo.company import seed_company
from commands.demo.people import keep_evidence, seed_people
from commands.demo.screening import JOB, seed_screening
from commands.demo.work import seed_work
from commands.setting import one_transaction, only_for_trying_out, sessions, wired
from config.settings import Settings
from marketplace.gateways import Gateways
from marketplace.identity import queries as identity
from marketplace.kit import clock
from marketplace.kit.database import Sessions, transaction

OPENED = timedelta(days=6)  # ago: long enough for pay that is free already
demo = AppGroup("demo", help="A demo to look around in: seed.")


@demo.command("seed")
def seed() -> None:
    """Fill a house with demo people, jobs of every kind and some work; a second time changes nothing."""
    settings = only_for_trying_out("Demo people")
    with transaction(sessions(), write=False) as session:
        known = identity.by_email(session, PEOPLE["owner"].email) is not None
    if not known:
        gateways: Gateways = wired(Gateways)
        with clock.shifted(-OPENED):
            opened = _found(sessions(), gateways)
        seed_work(sessions(), gateways, opened)
        seed_screening(sessions(), opened[JOB])
        seed_bonuses(sessions(), opened)
    _say(settings)


def _found(found_in: Sessions, gateways: Gateways) -> dict[str, uuid.UUID]:
    evidence = keep_evidence(gateways)
    with one_transaction() as session:
        seed_people(session, evidence)
    return seed_company(found_in, gateways)


def _say(settings: Settings) -> None:
    site = settings.public_url
    click.echo(
        f"\nAssay, with demo data and test money:\n  {site}/       start page\n  {site}/jobs   job board"
    )
    click.echo(f"\nSign in at {site}/login with the password “{PASSWORD}”:")
    for person in PEOPLE.values():
        click.echo(f"  {person.email:<28} {person.what}")
    click.echo(f"  {len(CROWD)} more experts make the crowd that fits; nobody needs to be one of them.\n")
