"""`simulate`: a company, experts and reviewers do the whole job over HTTP, then everything is counted."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from commands import columns
from commands.database import bring_up_to_date
from commands.ledger import verified
from commands.setting import one_transaction, only_for_trying_out, sessions, wired
from commands.simulation import report, server
from commands.simulation.browser import Lost
from commands.simulation.material import Material, material
from commands.simulation.people import PASSWORD, Person
from commands.simulation.project import Plan
from commands.simulation.stage import Cast, Outcome, Play, perform
from config.settings import Settings
from config.task_types import TASK_TYPES
from marketplace.identity import service as identity
from marketplace.identity.models import Role
from marketplace.kit import clock, ids
from marketplace.kit.database import transaction
from marketplace.kit.errors import Refusal

STAFF = {"admin": Role.ADMIN, "ops": Role.OPS, "finance": Role.FINANCE, "approver": Role.FINANCE}


@click.command("simulate")
@click.option("--tasks", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@columns.option
@click.option("--limit", type=click.IntRange(1), help="Play the first rows of the file only.")
@click.option("--experts", default=6, show_default=True, type=click.IntRange(1, 200))
@click.option("--reviewers", default=2, show_default=True, type=click.IntRange(1, 50))
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same judgements.")
@click.option("--type", "task_type", default="response_ranking", type=click.Choice(list(TASK_TYPES)))
@click.option("--minutes", type=click.IntRange(1, 480), help="Estimate for one task.")
@click.option("--overlap", type=click.IntRange(1, 15), help="Opinions for each task.")
@click.option("--screening", is_flag=True, help="A paid screening stands before the work.")
@click.option("--url", help="A running server; without it PUBLIC_URL is tried, then one is started.")
@with_appcontext
def simulate(**given: Any) -> None:
    """Play the whole job: a company posts a file of tasks, experts do them, reviewers judge, all are paid.

    Prints one JSON object with every count and every sum in minor units; exits with 1 if a cent is missing or
    a line of the export is not fit for trainers.
    The server must use the same DATABASE_URL and VAR_DIR as this command, and have a worker.
    """
    settings, plan = only_for_trying_out("Simulated people"), _plan(given)
    tasks = _material(given)
    _say_unplayed(tasks)
    bring_up_to_date()
    with _at(given["url"]) as base:
        cast = Cast(base)
        play = Play(
            tasks=tasks,
            plan=plan,
            experts=given["experts"],
            reviewers=given["reviewers"],
            seed=given["seed"],
            mails=settings.var / "mail",
            screening=given["screening"],
        )
        outcome = _perform(cast, play)
        said = _report(cast, play, outcome)
    click.echo(json.dumps(said, indent=2))
    if said["money_minor"]["difference"] or said["ledger_broken"] or not said["export_valid"]:
        raise SystemExit(1)


def _material(given: dict[str, Any]) -> Material:
    try:
        return material(given["tasks"], given["task_type"], columns.chosen(given["maps"]), given["limit"])
    except (Refusal, ValueError) as refusal:
        raise click.ClickException(str(refusal)) from None


def _say_unplayed(tasks: Material) -> None:
    """Tell a person at the terminal why there are fewer tasks than rows."""
    if tasks.unplayed:
        line, problem = tasks.unplayed[0]
        rows = f"{len({row for row, _ in tasks.unplayed}):,} of the rows give no task."
        click.echo(f"{rows} The first is line {line}: {problem}", err=True)


def _plan(given: dict[str, Any]) -> Plan:
    kind = given["task_type"]
    return Plan(
        kind, given["minutes"] or TASK_TYPES[kind].minutes, given["overlap"] or TASK_TYPES[kind].overlap
    )


@contextmanager
def _at(url: str | None) -> Iterator[str]:
    known = url or wired(Settings).public_url
    if server.answers(known):
        yield known
    elif url:
        raise click.ClickException(f"No server answers at {url}. Start one with `make run`.")
    else:
        click.echo("No server is running: starting one for the simulation.", err=True)
        with server.running() as base:
            yield base


def _perform(cast: Cast, play: Play) -> Outcome:
    staff = _appoint(cast)
    steps = 2 * play.tasks.count * play.plan.overlap
    try:
        with click.progressbar(length=steps, label="Working", file=sys.stderr) as bar:
            return perform(cast, play, staff, bar.update)
    except Lost as lost:
        raise click.ClickException(str(lost)) from None


def _appoint(cast: Cast) -> dict[str, Person]:
    """Staff of a house are appointed beside it, as `staff add` does."""
    staff = {part: cast.person(part) for part in STAFF}
    with one_transaction() as session:
        for part, person in staff.items():
            user = identity.register(
                session,
                name=person.name,
                email=person.email,
                password=PASSWORD,
                role=None,
                form_key=ids.new_id(),
            )
            user.email_confirmed_at = clock.database_now(session)
            identity.grant(session, user, STAFF[part], by=None)
    return staff


def _report(cast: Cast, play: Play, outcome: Outcome) -> dict[str, Any]:
    project = report.project_id(outcome.project)
    experts = [person.email for person in cast.experts]
    everybody = experts + [person.email for person in cast.reviewers]
    with transaction(sessions(), write=False) as session:
        return {
            "seed": play.seed,
            "database": session.get_bind().dialect.name,
            "experts": len(cast.experts),
            "reviewers": len(cast.reviewers),
            **report.counts(session, project),
            "resubmitted": outcome.tally.resubmitted,
            "money_minor": report.money(session, project, everybody),
            "export": outcome.export,
            "export_valid": not outcome.defects,
            "export_defects": outcome.defects[:20],
            "judgements_sha256": report.judgements(session, project, experts),
            "ledger_broken": verified(session),
        }
