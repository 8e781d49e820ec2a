"""`python -m bench.proving URL`: prove the books of a database, in a process of its own for its memory."""

import resource
import sys
import time

import sqlalchemy as sa

from marketplace.kit.database import make_sessions, transaction
from marketplace.ledger import queries

SUMS = (
    "SELECT debit_account_id, sum(amount_minor) FROM ledger_postings GROUP BY debit_account_id",
    "SELECT credit_account_id, sum(amount_minor) FROM ledger_postings GROUP BY credit_account_id",
)


def main() -> None:
    """One line: seconds of every rule that needs only the ledger, of the two sums alone, and memory."""
    sessions = make_sessions(sys.argv[1], statement_seconds=300)
    with transaction(sessions, write=False) as session:
        began = time.perf_counter()
        for statement in SUMS:
            session.connection().exec_driver_sql(statement).all()
        bare = time.perf_counter() - began
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        broken = queries.broken(session)
        whole = time.perf_counter() - began
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count = session.connection().scalar(sa.text("SELECT count(*) FROM ledger_postings"))
    assert broken == [], broken
    print(
        f"verify: {count:,} postings in {whole:.1f} s, {whole / bare:.1f} times the bare sums ({bare:.2f} s),"
        f" {more / 1024:.0f} MB at most, {(more - before) / 1024:.0f} of it for the checks"
    )


if __name__ == "__main__":
    main()
