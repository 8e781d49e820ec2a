"""What gradings and decisions do to the money (docs/money.md); one call to the ledger for each."""

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from marketplace.applications import service as applications
from marketplace.applications.models import Screening
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry
from marketplace.payouts import service as payouts
from marketplace.payouts.models import EarningKind
from marketplace.payouts.service import Earned
from workspace.screenings.models import ScreeningAppeal, ScreeningGrading

REVENUE = (Kind.PLATFORM_REVENUE, PLATFORM)


def pay(session: Session, screening: Screening, gradings: Sequence[ScreeningGrading]) -> None:
    """Pay the candidate in full, passed or not, and the grader who has just decided.

    `gradings` are all there are; a review fee nobody earned goes back to the budget.
    """
    fresh = [grading for grading in gradings if grading.number == len(gradings)]
    entries = [_graded(screening, grading) for grading in fresh]  # an earlier one has its own key: no effect
    ledger.post_all(
        session, [*entries, _decided(screening, unspent=0 if gradings else screening.review_fee_minor)]
    )
    for grading in fresh:
        _record_grading(session, screening, grading)
    payouts.record_earning(
        session,
        Earned(
            user_id=screening.user_id,
            project_id=screening.project_id,
            kind=EarningKind.SCREENING,
            amount_minor=screening.pay_minor,
            ledger_key=_pay_key(screening),
            ref_type="screening",
            ref_id=screening.id,
            reason="Screening, paid whether passed or not",
        ),
    )


def pay_grading(session: Session, screening: Screening, grading: ScreeningGrading) -> None:
    """Pay a grader who found no effort: the first from the reserved fee, the second by the platform."""
    ledger.post_all(session, [_graded(screening, grading)])
    _record_grading(session, screening, grading)


def give_back(session: Session, screening: Screening, appeal: ScreeningAppeal | None = None) -> None:
    """A refusal is final: pay and platform fee return to the budget; whoever decided the appeal is paid."""
    rest = screening.pay_minor + screening.fee_minor
    ledger.post_all(
        session, [applications.release_entry(screening, rest), *_decided_appeal(screening, appeal)]
    )
    _record_appeal(session, screening, appeal)


def pay_after_all(session: Session, screening: Screening, appeal: ScreeningAppeal | None = None) -> None:
    """A refusal was overturned, or decided late: the candidate is paid; whoever decided the appeal too."""
    ledger.post_all(session, [_decided(screening, unspent=0), *_decided_appeal(screening, appeal)])
    payouts.record_earning(
        session,
        Earned(
            user_id=screening.user_id,
            project_id=screening.project_id,
            kind=EarningKind.SCREENING,
            amount_minor=screening.pay_minor,
            ledger_key=_pay_key(screening),
            ref_type="screening",
            ref_id=screening.id,
            reason="Screening, paid after your appeal",
        ),
    )
    _record_appeal(session, screening, appeal)


def _decided(screening: Screening, *, unspent: int) -> Entry:
    reserved = (Kind.PROJECT_RESERVED, screening.project_id)
    return Entry(
        kind="screening_pay",
        key=_pay_key(screening),
        closes=f"screening:{screening.id}",
        legs=[
            (
                reserved,
                (Kind.EXPERT_PENDING, screening.user_id),
                Money(screening.pay_minor, screening.currency),
            ),
            (reserved, REVENUE, Money(screening.fee_minor, screening.currency)),
            (reserved, (Kind.PROJECT_BUDGET, screening.project_id), Money(unspent, screening.currency)),
        ],
        ref_type="screening",
        ref_id=screening.id,
    )


def _graded(screening: Screening, grading: ScreeningGrading) -> Entry:
    """The reserved fee for the first reviewer; nobody's project pays for a second look."""
    source = REVENUE if grading.number > 1 else (Kind.PROJECT_RESERVED, screening.project_id)
    return Entry(
        kind="screening_grade",
        key=_grade_key(screening, grading),
        legs=[(source, (Kind.EXPERT_PENDING, grading.by_id), Money(grading.fee_minor, screening.currency))],
        ref_type="screening",
        ref_id=screening.id,
    )


def _decided_appeal(screening: Screening, appeal: ScreeningAppeal | None) -> list[Entry]:
    if appeal is None or appeal.decided_by_id is None:
        return []
    return [
        Entry(
            kind="appeal_pay",
            key=f"appeal:{appeal.id}:pay",
            legs=[
                (
                    REVENUE,
                    (Kind.EXPERT_PENDING, appeal.decided_by_id),
                    Money(appeal.fee_minor, screening.currency),
                )
            ],
            ref_type="screening",
            ref_id=screening.id,
        )
    ]


def _record_grading(session: Session, screening: Screening, grading: ScreeningGrading) -> None:
    if grading.fee_minor:
        _record_fee(
            session,
            screening,
            grading.by_id,
            kind=EarningKind.REVIEW,
            minor=grading.fee_minor,
            key=_grade_key(screening, grading),
        )


def _record_appeal(session: Session, screening: Screening, appeal: ScreeningAppeal | None) -> None:
    if appeal is not None and appeal.decided_by_id is not None and appeal.fee_minor:
        _record_fee(
            session,
            screening,
            appeal.decided_by_id,
            kind=EarningKind.ADJUDICATION,
            minor=appeal.fee_minor,
            key=f"appeal:{appeal.id}:pay",
        )


def _record_fee(
    session: Session, screening: Screening, user_id: uuid.UUID, *, kind: EarningKind, minor: int, key: str
) -> None:
    payouts.record_earning(
        session,
        Earned(
            user_id=user_id,
            project_id=screening.project_id,
            kind=kind,
            amount_minor=minor,
            ledger_key=key,
            ref_type="screening",
            ref_id=screening.id,
            reason="Screening graded, whatever the result"
            if kind is EarningKind.REVIEW
            else "Appeal decided",
        ),
    )


def _pay_key(screening: Screening) -> str:
    return f"screening:{screening.id}:pay"


def _grade_key(screening: Screening, grading: ScreeningGrading) -> str:
    return f"screening:{screening.id}:{'grade' if grading.number == 1 else 'second'}"
