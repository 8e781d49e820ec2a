"""What an offered screening reserves, and what goes back when nobody takes it (docs/money.md)."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from marketplace.applications.errors import ScreeningNotNow
from marketplace.applications.models import Screening
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.errors import Overdraft
from marketplace.ledger.models import Kind
from marketplace.ledger.service import Entry

NO_MONEY = "The budget of this job cannot pay for a screening right now. Apply again in a few days."


def reserve(session: Session, screening: Screening) -> None:
    """Set pay and fees aside; ScreeningNotNow (409) when the budget does not cover them."""
    budget, reserved = (
        (Kind.PROJECT_BUDGET, screening.project_id),
        (Kind.PROJECT_RESERVED, screening.project_id),
    )
    entry = Entry(
        kind="screening_reserve",
        key=f"screening:{screening.id}:reserve",
        legs=[(budget, reserved, Money(screening.held_minor, screening.currency))],
        ref_type="screening",
        ref_id=screening.id,
    )
    try:
        ledger.post_all(session, [entry])
    except Overdraft as short:
        raise ScreeningNotNow(NO_MONEY) from short


def release(session: Session, screenings: Sequence[Screening]) -> None:
    """Everything these hold goes back to their budgets; one call to the ledger."""
    entries = [release_entry(screening, screening.held_minor) for screening in screenings]
    if entries:
        ledger.post_all(session, entries)


def release_entry(screening: Screening, minor: int) -> Entry:
    """So much of what a screening holds goes back for good."""
    budget, reserved = (
        (Kind.PROJECT_BUDGET, screening.project_id),
        (Kind.PROJECT_RESERVED, screening.project_id),
    )
    return Entry(
        kind="screening_release",
        key=f"screening:{screening.id}:release",
        closes=f"screening:{screening.id}",
        legs=[(reserved, budget, Money(minor, screening.currency))],
        ref_type="screening",
        ref_id=screening.id,
    )
