"""Refunds: asked for by an owner, let go by somebody of the house when they are large, or not."""

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.billing import policy, queries
from marketplace.billing.errors import (
    Disputed,
    OnlyOwners,
    RefundOver,
    SecondPersonNeeded,
    SentByHand,
    TooMuchBack,
    WhileDisputed,
)
from marketplace.billing.events import RefundAsked, RefundDeclined
from marketplace.billing.models import Deposit, Refund, RefundState
from marketplace.billing.service.books import back, start, told
from marketplace.companies import queries as companies
from marketplace.companies.models import Member
from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import NotFound
from marketplace.kit.events import publish
from marketplace.ledger import queries as ledger
from marketplace.ledger import service as books
from marketplace.ledger.models import Kind
from marketplace.outbox import service as outbox


def refundable(session: Session, company_id: uuid.UUID) -> int:
    """What a company can take back now, in minor units: in its wallet, and from a deposit that takes it."""
    if queries.uncovered(session, company_id):
        return 0
    left = sum(source.left_minor for source in queries.sources(session, company_id))
    return min(left, ledger.balance(session, Kind.COMPANY_WALLET, company_id))


def ask(session: Session, *, by: Member, amount_minor: int, form_key: uuid.UUID) -> Sequence[Refund]:
    """Take `amount_minor` out of the wallet and send it back to the newest deposits; a form asks once.

    OnlyOwners (403), TooMuchBack (422) with what is possible, RefundOver (409) for a form that has asked
    for another amount, WhileDisputed (409) while an open dispute is not covered, Overdraft (409) when the
    wallet was emptied in this moment.
    """
    if not policy.may_pay(by):
        raise OnlyOwners
    sources = queries.lock_sources(session, by.company_id)
    known = queries.by_form(session, form_key)
    if known:
        return _same(known, by, amount_minor)
    if missing := queries.uncovered(session, by.company_id):
        raise WhileDisputed(missing)
    most = min(
        sum(one.left_minor for one in sources), ledger.balance(session, Kind.COMPANY_WALLET, by.company_id)
    )
    if not 0 < amount_minor <= most:
        raise TooMuchBack(most)
    parts = policy.split(amount_minor, [one.left_minor for one in sources])
    made = [
        _made(by, one.deposit, minor, form_key) for one, minor in zip(sources, parts, strict=True) if minor
    ]
    session.add_all(made)
    session.flush()
    books.post_all(session, [start(refund) for refund in made])
    _asked(session, made, by, amount_minor)
    return made


def _same(known: Sequence[Refund], by: Member, amount_minor: int) -> Sequence[Refund]:
    same_company = all(one.company_id == by.company_id for one in known)
    if not same_company or sum(one.amount_minor for one in known) != amount_minor:
        raise RefundOver
    return known


def _made(by: Member, deposit: Deposit, minor: int, form_key: uuid.UUID) -> Refund:
    return Refund(
        company=by.company,
        deposit=deposit,
        by=by.user,
        form_key=form_key,
        amount_minor=minor,
        currency=deposit.currency,
    )


def _asked(session: Session, made: Sequence[Refund], by: Member, amount_minor: int) -> None:
    for refund in made:
        audit.record(
            session,
            "company:refund:asked",
            actor_id=by.user_id,
            subject_type="refund",
            subject_id=refund.id,
            amount_minor=refund.amount_minor,
        )
        if policy.needs_second_person(amount_minor):  # of the whole: parts do not slip through
            publish(session, RefundAsked(**told(refund)))
        else:
            _let_go(session, refund)


def cancel(session: Session, refund_id: uuid.UUID, *, by: Member) -> Refund:
    """An owner leaves it: it is in the wallet again.  NotFound (404), OnlyOwners (403), RefundOver (409)."""
    refund = _waiting(session, refund_id, company_id=by.company_id)
    if not policy.may_pay(by):
        raise OnlyOwners
    _end(session, refund, RefundState.CANCELLED, by.user, "cancelled")
    return refund


def approve(session: Session, refund_id: uuid.UUID, *, by: User) -> Refund:
    """Somebody of the house lets it go.  NotFound (404), SecondPersonNeeded (403), RefundOver (409),
    SentByHand (409) for what our own bank sends, and Disputed (409) when a bank has taken the payment back.
    """
    refund = _waiting(session, refund_id)
    _stands_apart(session, refund, by)
    if policy.is_by_hand(refund):
        raise SentByHand
    if queries.is_disputed(session, refund.deposit_id):
        raise Disputed
    refund.approved_by = by
    record(session, refund, "approved", by)
    _let_go(session, refund)
    return refund


def decline(session: Session, refund_id: uuid.UUID, *, by: User, reason: str) -> Refund:
    """Somebody of the house says why it cannot go: it is in the wallet again.  Refusals as `approve`."""
    refund = _waiting(session, refund_id)
    _stands_apart(session, refund, by)
    refund.reason = reason
    _end(session, refund, RefundState.DECLINED, by, "declined")
    publish(session, RefundDeclined(**told(refund), by_hand=policy.is_by_hand(refund)))
    return refund


def look_again(session: Session, refund_id: uuid.UUID, *, by: User, reason: str) -> Refund:
    """Somebody has put an alarm right at the provider: search again.  NotFound (404), RefundOver (409)."""
    refund = queries.lock_refund(session, refund_id)
    if refund is None:
        raise NotFound("There is no such refund.")
    if refund.alarm is None:
        raise RefundOver
    record(session, refund, "look_again", by, alarm=refund.alarm, reason=reason)
    refund.alarm = None
    outbox.send(session, "billing.send_refund", refund_id=str(refund.id))
    return refund


def _waiting(session: Session, refund_id: uuid.UUID, *, company_id: uuid.UUID | None = None) -> Refund:
    refund = queries.lock_refund(session, refund_id)
    if refund is None or company_id not in {None, refund.company_id}:
        raise NotFound("There is no such refund.")
    if refund.state is not RefundState.ASKED:
        raise RefundOver
    return refund


def _stands_apart(session: Session, refund: Refund, by: User) -> None:
    same = identity.is_one_of(session, by.id, [refund.by_id])
    if same or companies.is_near(session, by.id, refund.company_id):
        raise SecondPersonNeeded


def _let_go(session: Session, refund: Refund) -> None:
    refund.move(RefundState.APPROVED)
    outbox.send(session, "billing.send_refund", refund_id=str(refund.id))


def _end(session: Session, refund: Refund, to: RefundState, by: User, word: str) -> None:
    refund.move(to)
    refund.ended_at = clock.database_now(session)
    books.post_all(session, [back(refund)])
    record(session, refund, word, by)


def record(session: Session, refund: Refund, word: str, by: User, **detail: str) -> None:
    """Who did what with a refund, for the audit."""
    audit.record(
        session,
        f"billing:refund:{word}",
        actor_id=by.id,
        subject_type="refund",
        subject_id=refund.id,
        amount_minor=refund.amount_minor,
        **detail,
    )
