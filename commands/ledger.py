"""`ledger verify`: prove the books."""

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from commands.setting import sessions
from marketplace.billing import queries as billing_queries
from marketplace.kit.database import transaction
from marketplace.ledger import queries as ledger_queries
from marketplace.payouts import queries as payouts_queries
from workspace.reviews import queries as review_queries
from workspace.screenings import queries as screening_queries

ledger = AppGroup("ledger", help="The books: verify.")
CHECKS = {
    "the ledger itself (I1 to I6, I13)": ledger_queries.broken,
    "earnings and payouts (I9, I10)": payouts_queries.broken,
    "refunds (I12)": billing_queries.broken,
    "reserved money and decided work (I7, I8)": review_queries.broken,
    "decided screenings (I8)": screening_queries.broken,
}


@ledger.command("verify")
def verify() -> None:
    """Check every invariant of docs/money.md; one line per broken rule, and status 1 if there is one."""
    with transaction(sessions(), write=False) as session:
        broken = verified(session)
    for line in broken:
        click.echo(f"BROKEN {line}")
    if broken:
        raise SystemExit(1)
    for name in CHECKS:
        click.echo(f"ok     {name}")


def verified(session: Session) -> list[str]:
    """Every broken invariant as one line; empty is good."""
    return [line for check in CHECKS.values() for line in check(session)]
