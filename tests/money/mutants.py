"""Mistakes that somebody could make, one at a time, in the product or in the schema of a throw-away database.

Each takes the patcher and the connection of the world, and breaks one thing for the rest of the test.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.billing.service import books as refund_books
from marketplace.billing.service import disputing, invoicing, recorded, refunding
from marketplace.bonuses.service import giving, paying
from marketplace.cases import service as proposals
from marketplace.cases.service import deciding, proposing
from marketplace.gateways.stripe import repeating
from marketplace.gateways.stripe.outcomes import OutcomeKind
from marketplace.kit.money import Money
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import booking as provider_list
from marketplace.ledger.service import entries, posting
from marketplace.payouts.models import Earning, EarningState
from marketplace.payouts.service import asking, banking, returning, runs, sending, settling, taking_back
from marketplace.payouts.service import booking as bank_lines
from marketplace.projects.policy import plans
from tests.money.walk import BY_HAND, COMPANY, PAYOUTS, WORK, Step
from workspace.queue import policy as queue_policy
from workspace.queue.service import cancelling
from workspace.reviews.service import overturn_money, payments

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

    patch.setattr(repeating, "next_key", fresh)


def unknown_becomes_failed(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """No answer from the provider passes for a refusal."""
    real = sending.record

    def hasty(session: Any, payout: Any, outcome: Any) -> None:
        if outcome.kind is OutcomeKind.UNKNOWN:
            outcome = replace(outcome, kind=OutcomeKind.REFUSED)
        real(session, payout, outcome)

    patch.setattr(sending, "record", hasty)


def payout_of_a_stale_sum(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """A payout takes a cent less from the ledger than its row says."""

    real = runs.start

    def less(payout: Any) -> Any:
        start, *tax = real(payout)
        ((debit, credit, money),) = start.legs
        return [replace(start, legs=[(debit, credit, replace(money, minor=money.minor - 1))]), *tax]

    patch.setattr(runs, "start", less)


def fraud_leaves_the_earning(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """Pay is taken back in the books, and its person still has the earning."""
    patch.setattr(deciding, "_reverse", lambda session, proposal: None)


def correction_turned_round(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """More becomes less."""
    real = proposing.policy.correction

    def turned(kind: Kind, owner_id: uuid.UUID, *, adds: bool) -> Any:
        move = real(kind, owner_id, adds=adds)
        return move and replace(move, debit=move.credit, credit=move.debit)

    patch.setattr(proposing.policy, "correction", turned)


def goodwill_without_earning(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """Goodwill is posted, and nothing says whose it is."""
    patch.setattr(deciding, "_record_earning", lambda session, proposal: None)


def refused_proposal_moves(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """A proposal that somebody refused is posted all the same."""
    real = proposals.refuse

    def both(session: Session, proposal_id: uuid.UUID, *, by: Any, reason: str) -> Any:
        proposal = real(session, proposal_id, by=by, reason=reason)
        deciding.ledger.post_all(session, [deciding._entry(proposal)])
        return proposal

    patch.setattr(proposals, "refuse", both)


def recorded_at_the_provider(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """A transfer to our own bank is booked where the provider holds money."""
    stripe = (Kind.STRIPE_BALANCE, PLATFORM)
    _legs(patch, recorded, "_entry", lambda legs: [(stripe, credit, money) for _, credit, money in legs])


def bounced_invoice_counts(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """A payment of an invoice that the bank refused brings money."""
    patch.setattr(invoicing, "PAID", "open")
    patch.setattr(invoicing, "TAKEN", "failed")


def invoice_fee_forgotten(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """An invoice is credited and the provider's fee of it is not booked."""
    real = invoicing.apply_paid

    def free(session: Session, deposit: Any, charge: Any, intent: str) -> None:
        real(session, deposit, replace(charge, fee_minor=0), intent)

    patch.setattr(invoicing, "apply_paid", free)


def payout_back_counts_as_out(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """A payout to our own bank that came back is booked as a second one."""
    real = provider_list._leg

    def one_way(debit: Any, credit: Any, minor: int, currency: str) -> Any:
        return real(debit, credit, abs(minor), currency)

    patch.setattr(provider_list, "_leg", one_way)


def bank_line_from_the_provider(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """What our bank paid is taken from what the provider holds."""

    def wrong(session: Session, payout: Any, *, external_id: str, at: Any) -> None:
        settling._paid(session, payout, external_id, at=at)

    patch.setattr(bank_lines, "paid_by_bank", wrong)


def returned_money_on_hold(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """Money that a bank sent back waits for a day that never comes."""

    def wrong(legs: Any) -> Any:
        return [(debit, (Kind.EXPERT_PENDING, owner), money) for debit, (_, owner), money in legs]

    _legs(patch, returning, "_returned", wrong)


def not_taken_stays_out(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """What our bank did not take is called failed in words alone."""
    patch.setattr(banking, "failed", lambda session, payout, code: None)


def taken_back_stays_out(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """Who takes a request back finds the money nowhere."""
    patch.setattr(asking, "cancel_run", lambda session, run, by: None)


def taken_back_from_our_bank(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """What the payment service gives back is booked at our own bank."""

    def wrong(legs: Any) -> Any:
        return [((Kind.PLATFORM_BANK, PLATFORM), credit, money) for _, credit, money in legs]

    _legs(patch, returning, "_reversed", wrong)


def tax_of_a_failed_payout_stays(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """A payout that reaches nobody leaves what was withheld with the authority."""
    _legs(patch, returning, "money_back", lambda legs: legs[:1])


def tax_on_what_is_left(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """The tax is rounded up: a cent too much is withheld."""
    patch.setattr(runs.policy, "withheld", lambda gross, now: -(-gross * 24 // 100))


def short_account_counts_as_back(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """A payout account that holds nothing any more passes for one that gave the money back."""

    def hopeful(session: Session, reversal: Any, code: str) -> None:
        taking_back._done(session, reversal, f"trr_{uuid.uuid4().hex}")

    patch.setattr(taking_back, "_fail", hopeful)


def promise_without_fee(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """A place of a promised bonus is paid, and the platform's part of it stays reserved for nobody."""
    _legs(patch, paying, "_pay", lambda legs: legs[:1])


def bonus_fee_off_the_person(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """The platform's part of a given bonus is taken from what its person was to get."""

    def wrong(legs: Any) -> Any:
        (budget, person, whole), (_, revenue, fee) = legs
        return [(budget, person, Money(whole.minor - fee.minor)), (budget, revenue, fee)]

    _legs(patch, giving, "entry_of", wrong)


def bonus_from_what_is_reserved(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """A bonus is given out of money that was set aside for the work of others."""

    def wrong(legs: Any) -> Any:
        return [((Kind.PROJECT_RESERVED, debit[1]), credit, money) for debit, credit, money in legs]

    _legs(patch, giving, "entry_of", wrong)


def promise_keeps_the_rest(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """What nobody earned of a promised bonus becomes the platform's."""
    revenue = (Kind.PLATFORM_REVENUE, PLATFORM)
    _legs(patch, paying, "_release", lambda legs: [(debit, revenue, money) for debit, _, money in legs])


def overturn_from_what_is_reserved(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """A wrong rejection is paid from money that was set aside for the work of others."""

    def wrong(legs: Any) -> Any:
        return [
            ((Kind.PROJECT_RESERVED, debit[1]) if debit[0] is Kind.PROJECT_BUDGET else debit, credit, money)
            for debit, credit, money in legs
        ]

    _legs(patch, overturn_money, "_entry", wrong)


def half_won_keeps_the_fee(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """What an appeal won in part does not pay becomes the platform's instead of going back."""

    def wrong(legs: Any) -> Any:
        pay, (reserved, revenue, fee), (_, _, rest) = legs
        return [pay, (reserved, revenue, replace(fee, minor=fee.minor + rest.minor))]

    _legs(patch, payments, "_appealed", wrong)


def adjudicator_paid_twice(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """Whoever decides an appeal gets the fee two times over, and one earning of it."""
    _legs(patch, payments, "_adjudicated", lambda legs: [*legs, *legs])


def withdrawn_without_fee(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """The platform gets nothing for work a company withdraws; its part goes back to the budget."""
    patch.setattr(cancelling, "platform_fee", lambda pay: 0)


def withdrawn_like_stopped(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """Whoever a company takes the work from is paid as if they had left it by themselves."""
    patch.setattr(queue_policy, "cancel_pay", queue_policy.stop_pay)


def withdrawn_rest_stays_reserved(patch: pytest.MonkeyPatch, connection: sa.Connection) -> None:
    """The rest of what a withdrawn claim reserved stays where it is."""
    real = cancelling.part_pay
    patch.setattr(cancelling, "part_pay", lambda assignment, pay, fee: real(assignment, pay, fee)[:2])


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
ON_THE_WALK: Mapping[str, tuple[Mutant, Sequence[Step]]] = {
    one.__name__: (one, steps)
    for steps, mutants in (
        (COMPANY, (recorded_at_the_provider, bounced_invoice_counts, invoice_fee_forgotten)),
        (COMPANY, (payout_back_counts_as_out,)),
        (BY_HAND, (fraud_leaves_the_earning, refused_proposal_moves)),
        (BY_HAND, (correction_turned_round, goodwill_without_earning)),
        (BY_HAND, (bonus_fee_off_the_person, bonus_from_what_is_reserved)),
        (PAYOUTS, (bank_line_from_the_provider, returned_money_on_hold, not_taken_stays_out)),
        (PAYOUTS, (tax_of_a_failed_payout_stays, tax_on_what_is_left)),
        (PAYOUTS, (taken_back_stays_out, taken_back_from_our_bank, short_account_counts_as_back)),
        (WORK, (half_won_keeps_the_fee, adjudicator_paid_twice)),
        (WORK, (promise_without_fee, promise_keeps_the_rest, overturn_from_what_is_reserved)),
        (WORK, (withdrawn_without_fee, withdrawn_like_stopped, withdrawn_rest_stays_reserved)),
    )
    for one in mutants
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
