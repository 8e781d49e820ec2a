"""Moving money between a company's wallet and a project's budget, and what follows from it."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.companies import queries as companies
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Conflict
from marketplace.kit.events import publish
from marketplace.kit.money import Money, shown
from marketplace.ledger import queries as ledger_queries
from marketplace.ledger import service as ledger
from marketplace.ledger.models import Kind
from marketplace.ledger.service import Entry
from marketplace.projects import policy, queries
from marketplace.projects.errors import NotEnough, WhileDisputed
from marketplace.projects.events import ProjectPaused, ProjectPublished
from marketplace.projects.models import FUNDABLE, Project, ProjectFunding, ProjectState


def budget(session: Session, project: Project) -> int:
    """What is set aside for the project and not promised to claimed work, in minor units."""
    return ledger_queries.balance(session, Kind.PROJECT_BUDGET, project.id)


def fund(
    session: Session, project: Project, *, by: User, amount_minor: int, form_key: uuid.UUID
) -> ProjectFunding:
    """Move money from the wallet into the budget; opens or reopens the project once it covers a task.

    `amount_minor` in minor units.  The same `form_key` moves nothing a second time.  Raises NotEnough (422)
    for less than one unit of money, Conflict (409) in a state that takes none, WhileDisputed (409) while a
    dispute of the company is not covered, and the ledger's Overdraft when the wallet holds less.
    """
    project = queries.lock(session, project.id)
    if amount_minor <= 0:
        raise NotEnough("Enter an amount above zero.")
    if project.state not in FUNDABLE:
        raise Conflict("This project takes no more money.")
    missing = companies.uncovered(session, project.company_id)
    if missing and queries.funding(session, form_key) is None:
        raise WhileDisputed(shown(missing))
    first = insert_once(
        session,
        ProjectFunding,
        id=form_key,
        project_id=project.id,
        by_id=by.id,
        amount_minor=amount_minor,
    )
    if first:
        _post(session, project, "fund", form_key, amount_minor)
        _record(session, "company:project:fund", project, by, amount_minor)
        _go_on(session, project)
    row = queries.funding(session, form_key)
    if row is None or row.project_id != project.id or row.amount_minor != amount_minor:
        raise Conflict("This form was already used. Open a new one.")
    return row


def defund(session: Session, project: Project, *, by: User | None = None) -> int:
    """Give everything that is left in the budget back to the wallet; the amount in minor units, maybe 0.

    The caller has locked the project and ended it.
    """
    rest = budget(session, project)
    if rest == 0:
        return 0
    row = ProjectFunding(id=ids.new_id(), project=project, by=by, amount_minor=-rest)
    session.add(row)
    _post(session, project, "defund", row.id, rest)
    _record(session, "company:project:defund", project, by, rest)
    return rest


def open_if_funded(session: Session, project: Project) -> bool:
    """Open a project that waits for funds once its budget covers one task; True when it opened."""
    if project.state is not ProjectState.AWAITING_FUNDS or budget(session, project) < project.unit_minor:
        return False
    project.move(ProjectState.OPEN)
    project.opened_at = clock.database_now(session)
    publish(session, ProjectPublished(project_id=project.id, company_id=project.company_id))
    return True


def pause_if_unfunded(session: Session, project: Project) -> bool:
    """Pause an open project whose budget covers no further task; True when it was paused now.

    Money that is added ends this pause by itself.
    """
    if project.state is not ProjectState.OPEN or budget(session, project) >= project.unit_minor:
        return False
    project.move(ProjectState.PAUSED)
    project.state_reason = policy.OUT_OF_FUNDS
    publish(session, ProjectPaused(project_id=project.id, by_system=1))
    return True


def check_funds(session: Session, payload: Mapping[str, Any]) -> None:
    """Pause or reopen the project `payload["project_id"]` as its budget now says."""
    project = queries.lock(session, uuid.UUID(payload["project_id"]))
    if not pause_if_unfunded(session, project):
        _go_on(session, project)


def _go_on(session: Session, project: Project) -> None:
    open_if_funded(session, project)
    out_of_funds = project.state is ProjectState.PAUSED and project.state_reason == policy.OUT_OF_FUNDS
    over = policy.is_over(project, clock.database_now(session))
    if out_of_funds and not over and budget(session, project) >= project.unit_minor:
        project.move(ProjectState.OPEN)
        project.state_reason = ""


def _post(session: Session, project: Project, kind: str, row_id: uuid.UUID, amount_minor: int) -> None:
    wallet, funds = (Kind.COMPANY_WALLET, project.company_id), (Kind.PROJECT_BUDGET, project.id)
    ends = (wallet, funds) if kind == "fund" else (funds, wallet)
    ledger.post_all(
        session,
        [
            Entry(
                kind=kind,
                key=f"project:{project.id}:{kind}:{row_id}",
                legs=[(*ends, Money(amount_minor, project.currency))],
                ref_type="project_funding",
                ref_id=row_id,
            )
        ],
    )


def _record(session: Session, tag: str, project: Project, by: User | None, amount_minor: int) -> None:
    audit.record(
        session,
        tag,
        actor_id=by.id if by else None,
        subject_type="project",
        subject_id=project.id,
        amount_minor=amount_minor,
    )
