"""Answering a dispute: decided by somebody of finance, handed in once by the worker."""

import uuid

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.billing import policy, queries
from marketplace.billing.errors import DisputeOver, NearTheCompany
from marketplace.billing.models import Dispute, DisputeAnswer
from marketplace.billing.service.disputing import apply_dispute, follow_dispute
from marketplace.companies import queries as companies
from marketplace.gateways.stripe.errors import PaymentsRefused
from marketplace.gateways.stripe.protocol import Payments
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import NotFound
from marketplace.outbox import service as outbox


def evidence_for(session: Session, dispute: Dispute, note: str = "") -> dict[str, str]:
    """Everything the records say that speaks for the house, under the provider's names for it."""
    deposit = dispute.deposit
    others, back = queries.paid_before(session, deposit)
    return policy.evidence(
        policy.Facts(
            company=dispute.company.name,
            payer=deposit.by.name,
            email=deposit.by.email,
            paid_at=deposit.settled_at or deposit.created_at,
            amount_minor=deposit.amount_minor,
            confirmed_at=deposit.by.email_confirmed_at,
            member_since=dispute.company.created_at,
            other_deposits=others,
            went_back_minor=back,
            delivered=queries.delivered(session, dispute.company_id),
            funded=queries.funded_since(session, deposit),
            sign_ins=queries.sign_ins_of(session, deposit.by_id),
            note=note,
        )
    )


def hand_in(session: Session, dispute_id: uuid.UUID, *, by: User, note: str = "") -> Dispute:
    """Decide to answer with evidence, frozen now; it leaves after the commit and cannot be taken back.

    NotFound (404), NearTheCompany (403), DisputeOver (409).
    """
    dispute = _answerable(session, dispute_id, by)
    dispute.evidence = evidence_for(session, dispute, note)
    _decide(session, dispute, DisputeAnswer.EVIDENCE, by)
    return dispute


def give_in(session: Session, dispute_id: uuid.UUID, *, by: User) -> Dispute:
    """Decide that the payer is right: the dispute is lost at once.  Refusals as `hand_in`."""
    dispute = _answerable(session, dispute_id, by)
    _decide(session, dispute, DisputeAnswer.ACCEPT, by)
    return dispute


def put_right(session: Session, dispute_id: uuid.UUID, *, by: User, reason: str) -> Dispute:
    """Somebody has dealt with an alarm.  NotFound (404), DisputeOver (409) when there is none."""
    dispute = queries.lock_dispute(session, dispute_id)
    if dispute is None:
        raise NotFound("There is no such dispute.")
    if dispute.alarm is None:
        raise DisputeOver
    _record(session, dispute, "put_right", by, alarm=dispute.alarm, reason=reason)
    dispute.alarm_cleared, dispute.alarm = dispute.alarm, None
    return dispute


def send_answer(sessions: Sessions, payments: Payments, dispute_id: uuid.UUID) -> None:
    """Hand the decided answer in, or learn that it is there.  Safe to run twice, or after a crash."""
    with transaction(sessions, write=False) as session:
        dispute = queries.dispute(session, dispute_id)
        if dispute is None or dispute.answer is None or dispute.ended_at is not None:
            return
        external_id, answer, evidence = dispute.external_id, dispute.answer, dict(dispute.evidence)
        key = policy.answer_key(dispute)
    follow_dispute(sessions, payments, external_id)  # a search comes before every call
    with transaction(sessions, write=False) as session:
        dispute = queries.dispute(session, dispute_id)
        if dispute is None or not policy.awaits_call(dispute):
            return
    try:
        if answer is DisputeAnswer.EVIDENCE:
            state = payments.submit_dispute_evidence(external_id, evidence, idempotency_key=key)
        else:
            state = payments.close_dispute(external_id, idempotency_key=key)
    except PaymentsRefused as refusal:
        with transaction(sessions) as session:
            _refused(session, dispute_id, refusal.provider_code or "refused")
        return
    with transaction(sessions) as session:
        apply_dispute(session, state)


def _refused(session: Session, dispute_id: uuid.UUID, code: str) -> None:
    """The provider did not take it: somebody may decide again, under a key of its own."""
    dispute = queries.lock_dispute(session, dispute_id)
    if dispute is not None and policy.awaits_call(dispute):
        dispute.answer, dispute.answer_error = None, code


def _answerable(session: Session, dispute_id: uuid.UUID, by: User) -> Dispute:
    dispute = queries.lock_dispute(session, dispute_id)
    if dispute is None:
        raise NotFound("There is no such dispute.")
    if companies.is_near(session, by.id, dispute.company_id):
        raise NearTheCompany
    due_at = dispute.due_at
    if not dispute.answerable or due_at is None or due_at <= clock.database_now(session):
        raise DisputeOver
    return dispute


def _decide(session: Session, dispute: Dispute, answer: DisputeAnswer, by: User) -> None:
    dispute.answer, dispute.answered_by = answer, by
    dispute.answer_number, dispute.answer_error = dispute.answer_number + 1, ""
    dispute.asked_at = clock.database_now(session)
    _record(session, dispute, answer.value, by)
    outbox.send(session, "billing.answer_dispute", dispute_id=str(dispute.id))


def _record(session: Session, dispute: Dispute, word: str, by: User, **detail: str) -> None:
    audit.record(
        session,
        f"billing:dispute:{word}",
        actor_id=by.id,
        subject_type="dispute",
        subject_id=dispute.id,
        amount_minor=dispute.amount_minor,
        **detail,
    )
