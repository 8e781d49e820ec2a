"""How a payout's call ended, by its own answer or by a search; nothing unknown is called failed."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.gateways.stripe.outcomes import Outcome, OutcomeKind
from marketplace.gateways.stripe.states import TransferState
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import NotFound
from marketplace.kit.events import publish
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry
from marketplace.outbox import service as outbox
from marketplace.payouts import queries
from marketplace.payouts.errors import NoAlarm
from marketplace.payouts.events import PayoutAlarm, PayoutFailed, PayoutPaid
from marketplace.payouts.models import EarningState, Payout, PayoutState, Rail
from marketplace.payouts.service.returning import give_back


def settle_found(session: Session, payout: Payout, found: Sequence[TransferState]) -> bool:
    """Adopt the one transfer of a sent, locked payout; an alarm for anything else.  True: nothing is left."""
    if not found:
        return False
    live = [transfer for transfer in found if transfer.reversed_minor == 0]
    if len(live) == 1 and live[0].amount_minor == payout.amount_minor:
        _paid(session, payout, live[0].id)
    else:
        sums = " and ".join(f"{transfer.id} of {transfer.amount_minor}" for transfer in found)
        _alarm(session, payout, f"{len(found)} transfers found: {sums}")
    return True


def record(session: Session, payout: Payout, outcome: Outcome) -> None:
    """A call for a locked payout ended so: accepted pays, refused returns the money, anything else waits."""
    accepted = outcome.external_id if outcome.kind is OutcomeKind.ACCEPTED else None
    if payout.state is PayoutState.SENT and accepted is not None:
        _paid(session, payout, accepted)
    elif payout.state is PayoutState.SENT and outcome.kind is OutcomeKind.REFUSED:
        failed(session, payout, outcome.error_code or "refused")
    elif accepted is not None and accepted != payout.external_id:  # settled meanwhile, by something else
        _alarm(session, payout, f"{accepted} was accepted too")


def look_again(session: Session, payout_id: uuid.UUID, *, by: User, reason: str) -> Payout:
    """Somebody has put an alarm right at the provider: search again.  NotFound (404), NoAlarm (409)."""
    payout = queries.lock_payout(session, payout_id)
    if payout is None:
        raise NotFound("There is no such payout.")
    if payout.alarm is None:
        raise NoAlarm
    audit.record(
        session,
        "staff:payout:look_again",
        actor_id=by.id,
        subject_type="payout",
        subject_id=payout.id,
        alarm=payout.alarm,
        reason=reason,
    )
    payout.alarm = None
    if payout.rail is Rail.STRIPE:
        outbox.send(session, "payouts.send", payout_id=str(payout.id))
    return payout


def paid_by_bank(session: Session, payout: Payout, *, external_id: str, at: datetime) -> None:
    """A line of our bank's statement says that this locked payout has left; `at`: when the bank booked it."""
    _paid(session, payout, external_id, of=Kind.PLATFORM_BANK, at=at)


def paid_though_failed(session: Session, payout: Payout, line: str, *, back: bool) -> None:
    """Our bank moved what we had called not taken: nothing is posted, a person has to look."""
    said = "brought it back" if back else "paid it"
    _alarm(session, payout, f"line {line} says our bank {said}, and it had failed here")


def _paid(
    session: Session,
    payout: Payout,
    external_id: str,
    *,
    of: Kind = Kind.STRIPE_BALANCE,
    at: datetime | None = None,
) -> None:
    payout.move(PayoutState.PAID)
    payout.external_id, payout.ended_at = external_id, _ended(payout, at, clock.database_now(session))
    for earning in queries.in_payouts(session, [payout.id]):
        earning.move(EarningState.PAID)
    entry = Entry(
        kind="payout_paid",
        key=f"payout:{payout.id}:paid",
        closes=f"payout:{payout.id}",
        legs=[
            (
                (Kind.EXPERT_IN_TRANSIT, payout.user_id),
                (of, PLATFORM),
                Money(payout.amount_minor, payout.currency),
            )
        ],
        ref_type="payout",
        ref_id=payout.id,
        external_id=external_id,
        effective_at=at,
    )
    ledger.post_all(session, [entry])
    publish(
        session, PayoutPaid(payout_id=payout.id, user_id=payout.user_id, amount_minor=payout.amount_minor)
    )


def _ended(payout: Payout, at: datetime | None, now: datetime) -> datetime:
    """When it left: `at` is a bank's day without its hour, and nothing leaves before it is sent."""
    return now if at is None else min(max(at, payout.sent_at or at), now)


def failed(session: Session, payout: Payout, code: str) -> None:
    """Refused for good: this locked payout ends, its money is available again, the person is told why."""
    give_back(session, [payout], PayoutState.FAILED, code)
    publish(
        session, PayoutFailed(payout_id=payout.id, user_id=payout.user_id, amount_minor=payout.amount_minor)
    )


def _alarm(session: Session, payout: Payout, why: str) -> None:
    payout.alarm = why[:200]
    run = payout.run
    if run is not None:
        publish(
            session,
            PayoutAlarm(payout_id=payout.id, user_id=run.prepared_by_id, on_request=run.on_request),
        )
