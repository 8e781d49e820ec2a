"""The command line under `flask --app app`: what operators and scripts ask for by name."""

from commands import (
    database,
    demo,
    exports,
    ledger,
    matching,
    models,
    payouts,
    simulate,
    staff,
    tasks,
    worker,
)
from marketplace.kit.application import Application


def register(app: Application) -> None:
    """Add every command to `flask --app app`."""
    for group in (
        database.db,
        worker.worker,
        staff.staff,
        ledger.ledger,
        payouts.payouts,
        matching.matching,
        models.models,
        simulate.simulate,
        tasks.tasks,
        exports.export,
        exports.exports,
        demo.demo,
    ):
        app.cli.add_command(group)
