"""Companies with projects, guidelines and real money in the ledger."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from config.fields import TIERS
from config.task_types import TASK_TYPES
from marketplace.companies.models import Company, MemberRole
from marketplace.identity.models import User
from marketplace.kit import ids
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry
from marketplace.projects import queries, service
from marketplace.projects.models import Project, ProjectState
from marketplace.projects.policy import ClauseText, Plan
from tests.factories.companies import make_company, make_member

CLAUSES = (
    ClauseText("Be right", "Every claim can be checked.", "It names its source.", "It guesses."),
    ClauseText("Be clear", "Write for a careful reader who is not an expert."),
)
CONTENT_NOTE = "Replies of a model that could hurt somebody who follows them."
DEFAULT_BUDGET_MINOR = 100_000


def make_plan(**changes: Any) -> Plan:
    """A plan that holds together: three opinions at the general rate, six minutes each."""
    tier = changes.get("tier", "general")
    values: dict[str, Any] = {
        "title": "Rank answers about drug interactions",
        "summary": "Put the answers in order and say why.",
        "task_type": "response_ranking",
        "specialty": "general",
        "tier": tier,
        "hourly_minor": TIERS[tier].low_minor,
        "minutes": 6,
        "overlap": 3,
        "options": {"why_min_words": 10},
    }
    kind = TASK_TYPES.get(changes.get("task_type", values["task_type"]))
    if kind is not None and kind.needs_content_classes:
        values |= {"content_classes": ("abuse", "medical_graphic"), "content_note": CONTENT_NOTE}
    return Plan(**{**values, **changes})


def fill_wallet(session: Session, company: Company, amount_minor: int) -> None:
    """Put money from outside into the company's wallet, as a settled deposit would."""
    ledger.post_all(
        session,
        [
            Entry(
                kind="deposit",
                key=f"test:deposit:{ids.new_id()}",
                legs=[
                    (
                        (Kind.STRIPE_BALANCE, PLATFORM),
                        (Kind.COMPANY_WALLET, company.id),
                        Money(amount_minor),
                    )
                ],
                ref_type="company",
                ref_id=company.id,
            )
        ],
    )


def make_owner(session: Session, company: Company, *, role: MemberRole = MemberRole.OWNER) -> User:
    """One more Member of the company, who can sign in."""
    return make_member(session, company, role=role).user


def make_draft(
    session: Session, *, company: Company | None = None, by: User | None = None, **plan: Any
) -> Project:
    """A draft without a guideline."""
    company = company or make_company(session)
    by = by or make_owner(session, company)
    return service.create(session, company=company, by=by, form_key=ids.new_id(), plan=make_plan(**plan))


def make_project(
    session: Session,
    *,
    company: Company | None = None,
    by: User | None = None,
    state: str = "open",
    budget_minor: int = DEFAULT_BUDGET_MINOR,
    clauses: Sequence[ClauseText] = CLAUSES,
    wanted: int | None = None,
    **plan: Any,
) -> Project:
    """A project on the way every project takes: draft, guideline, sent, passed, funded, opened.

    `budget_minor` is what lies in the budget of an open or later one; the plan's fields can be given by name.
    `wanted`: so many answers can be claimed, as the workspace would say of its tasks.
    """
    company = company or make_company(session)
    by = by or make_owner(session, company)
    project = make_draft(session, company=company, by=by, **plan)
    if state == "draft":
        return project
    service.save_guideline(session, project, clauses, by=by)
    service.submit(session, project, by=by, check="all" if state == "in_check" else "none", has_tasks=True)
    if state not in {"in_check", "awaiting_funds"}:
        _open(session, project, company, by, budget_minor)
    _bring_to(session, project, by, ProjectState(state))
    session.flush()  # the guideline is read by queries of other sessions
    if wanted is not None:
        queries.begin_answers(session, project.id)
        queries.set_answers(session, project.id, free=wanted, staged=0)
    return queries.lock(session, project.id)


def _open(session: Session, project: Project, company: Company, by: User, budget_minor: int) -> None:
    amount = max(budget_minor, project.unit_minor)
    fill_wallet(session, company, amount)
    service.fund(session, project, by=by, amount_minor=amount, form_key=ids.new_id())


def _bring_to(session: Session, project: Project, by: User, state: ProjectState) -> None:
    if state is ProjectState.PAUSED:
        service.pause(session, project, by=by, reason="We are looking at the first answers.")
    if state in {ProjectState.CLOSING, ProjectState.CLOSED}:
        service.finish(session, project, by=by)
    if state is ProjectState.CLOSED:
        service.close(session, project, has_live_work=False)
    if state is ProjectState.CANCELLED:
        service.discard(session, project, by=by)
