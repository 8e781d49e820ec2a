"""The command line under `flask --app app`: what operators and scripts ask for by name."""

from commands import database, ledger, payouts, simulate, staff, worker
from marketplace.kit.application import Application


def register(app: Application) -> None:
    """Add every command to `flask --app app`."""
    for group in (database.db, worker.worker, staff.staff, ledger.ledger, payouts.payouts, simulate.simulate):
        app.cli.add_command(group)
