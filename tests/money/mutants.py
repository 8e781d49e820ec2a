"""Mistakes that somebody could make, one at a time, in the product or in the schema of a throw-away database.

Each takes the patcher and the connection of the world, and breaks one thing for the rest of the test.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from marketplace.billing.service import books as refund_books
from marketplace.billing.service import disputing, refunding
from marketplace.gateways.stripe.outcomes import OutcomeKind
from marketplace.ledger.models import Kind
from marketplace.ledger.service import entries, posting
from marketplace.payouts.models import Earning, EarningState
from marketplace.payouts.service import returning, runs, sending
from marketplace.projects.policy import plans
from workspace.queue import policy as queue_policy
from workspace.reviews.service import payments

Mutant = Callable[[pytest.MonkeyPatch, sa.Connection], None]


def overdraft_check_removed(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """The database no longer minds a bounded account below zero."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
    else:
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
        connection.exec_driver_sql(
            "ALTER TABLE ledger_accounts DROP CONSTRAINT ck_ledger_accounts_no_overdraft"
        )


def trigger_skips_one_amount(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """Postings of one amount, that of the worked example, are not counted."""
    if connection.dialect.name == "sqlite":
        sql = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'ledger_postings_apply'"
        ).scalar_one()
        connection.exec_driver_sql("DROP TRIGGER ledger_postings_apply")
        connection.exec_driver_sql(sql.replace(" BEGIN", " WHEN NEW.amount_minor <> 866 BEGIN", 1))
    else:
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
        connection.exec_driver_sql("DROP TRIGGER ledger_postings_apply ON ledger_postings")
        connection.exec_driver_sql(
            "CREATE TRIGGER ledger_postings_apply AFTER INSERT ON ledger_postings FOR EACH ROW "
            "WHEN (NEW.amount_minor <> 866) EXECUTE FUNCTION ledger_apply()"
        )


def bad_debt_leg_lost(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """A lost dispute that was not covered leaves its rest as if the provider still had to give it back."""
    _legs(patch, disputing, "lost", lambda legs: legs[:1])


def remainder_off_by_one(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """Who stops half way leaves a cent in the reserve that belongs to nobody."""
    whole = queue_policy.unit_minor
    patch.setattr(queue_policy, "unit_minor", lambda assignment: whole(assignment) - 1)


def revenue_leg_lost(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """An approval forgets the platform's fee."""
    _legs(patch, payments, "_approval", lambda legs: [legs[0], *legs[2:]])


def wrong_account(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """A payout that failed is put where the hold is, not where it can be paid from."""

    def wrong(legs: Any) -> Any:
        return [(debit, (Kind.EXPERT_PENDING, owner), money) for debit, (_, owner), money in legs]

    _legs(patch, returning, "money_back", wrong)


def closes_dropped(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """Nothing says any more whose money an entry ends."""
    real = posting._transaction
    patch.setattr(posting, "_transaction", lambda each: real(replace(each, entry=_open(each.entry))))


def inputs_not_compared(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """The same key with other legs passes for a repetition."""
    patch.setattr(entries, "_hash", lambda entry, moves: "0" * 64)


def fee_rounded_up(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """A cent more for the platform, whenever it does not divide."""
    patch.setattr(plans, "share", lambda minor, basis_points: -(-minor * basis_points // 10_000))


def pay_rounded_down(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """A cent less for whoever stops half way."""
    patch.setattr(queue_policy, "ceil_div", lambda numerator, denominator: numerator // denominator)


def matured_twice(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """An earning stays in its hold although its money has moved."""
    real = Earning.move

    def stays(earning: Earning, to: EarningState) -> None:
        if earning.state is not EarningState.PENDING:
            real(earning, to)

    patch.setattr(Earning, "move", stays)


def refund_leg_swapped(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """A refund that was paid puts the money back on the account it should leave."""

    def swapped(refund: Any) -> Any:
        entry = refund_books.done(refund)
        return replace(entry, legs=[(credit, debit, money) for debit, credit, money in entry.legs])

    patch.setattr(refunding, "done", swapped)


def payout_key_unstable(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """Every call of a payout has a key of its own: a lost answer and a search that misses pay twice."""

    def fresh(first: str, *_: Any) -> str:
        return f"{first}:{uuid.uuid4()}"

    patch.setattr(sending.repeating, "next_key", fresh)


def unknown_becomes_failed(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """No answer from the provider passes for a refusal."""
    real = sending.record

    def hasty(session: Any, payout_id: Any, number: int, outcome: Any) -> None:
        if outcome.kind is OutcomeKind.UNKNOWN:
            outcome = replace(outcome, kind=OutcomeKind.REFUSED)
        real(session, payout_id, number, outcome)

    patch.setattr(sending, "record", hasty)


def payout_of_a_stale_sum(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """A payout takes a cent less from the ledger than its row says."""

    def less(legs: Any) -> Any:
        return [(debit, credit, replace(money, minor=money.minor - 1)) for debit, credit, money in legs]

    _legs(patch, runs, "_start", less)


IN_THE_SCHEMA: Mapping[str, Mutant] = {
    one.__name__: one for one in (overdraft_check_removed, trigger_skips_one_amount)
}
IN_THE_CODE: Mapping[str, Mutant] = {
    one.__name__: one
    for one in (
        bad_debt_leg_lost,
        remainder_off_by_one,
        revenue_leg_lost,
        wrong_account,
        closes_dropped,
        inputs_not_compared,
        fee_rounded_up,
        pay_rounded_down,
        matured_twice,
        refund_leg_swapped,
        payout_key_unstable,
        unknown_becomes_failed,
        payout_of_a_stale_sum,
    )
}


def _open(entry: entries.Entry) -> entries.Entry:
    return replace(entry, closes=None)


def _legs(patch: pytest.MonkeyPatch, room: Any, name: str, change: Callable[[Any], Any]) -> None:
    """The entry that a room writes, with other legs."""
    real = getattr(room, name)

    def changed(*args: Any, **words: Any) -> Any:
        entry = real(*args, **words)
        return replace(entry, legs=change(entry.legs))

    patch.setattr(room, name, changed)
