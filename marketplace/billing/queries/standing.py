"""Where a company's money stands: project by project, and what one deposit has become."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.billing.models import FundsAlert, Refund
from marketplace.billing.queries.refunds import GONE
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind, LedgerTransaction
from marketplace.projects.models import Project, ProjectState
from marketplace.projects.policy.answers import budget_words, covered
from marketplace.projects.queries import wanted_answers

RUNNING = (ProjectState.AWAITING_FUNDS, ProjectState.OPEN, ProjectState.PAUSED, ProjectState.CLOSING)
MOST, AT_ONCE = 100, 500


@dataclass(frozen=True, slots=True)
class Budget:
    """A project that spends or could: what it holds, in minor units, and for how many answers more."""

    project: Project
    budget_minor: int
    reserved_minor: int
    wanted: int

    @property
    def answers(self) -> int:
        """How many answers more it pays for."""
        return covered(self.budget_minor, self.project)

    @property
    def words(self) -> str:
        """`Enough for 312 more answers of the 500 wanted`."""
        return budget_words(self.budget_minor, self.project, self.wanted)

    @property
    def is_low(self) -> bool:
        """Whether it soon pays for nothing more while there is something to claim."""
        return self.answers < min(MONEY.low_answers, self.wanted)


def budgets(session: Session, company_id: uuid.UUID) -> list[Budget]:
    """What the projects of a company hold: the one that runs dry first on top, finishing ones last.

    At most 100.
    """
    projects = session.scalars(
        select(Project)
        .where(Project.company_id == company_id, Project.state.in_(RUNNING))
        .order_by(Project.id.desc())
        .limit(MOST)
    ).all()
    return sorted(_budgets(session, projects), key=_runs_dry)


def _runs_dry(budget: Budget) -> tuple[bool, int, str]:
    project = budget.project
    return project.state is ProjectState.CLOSING, budget.answers, str(project.id)


def open_budgets(session: Session, *, after: uuid.UUID | None) -> list[Budget]:
    """The next open projects of all companies by id, for the look at funds that run low; at most 500."""
    statement = select(Project).where(Project.state == ProjectState.OPEN).order_by(Project.id).limit(AT_ONCE)
    if after is not None:
        statement = statement.where(Project.id > after)
    return _budgets(session, session.scalars(statement).all())


def _budgets(session: Session, projects: Sequence[Project]) -> list[Budget]:
    kinds = (Kind.PROJECT_BUDGET, Kind.PROJECT_RESERVED)
    held = ledger.balances(session, [(kind, one.id) for kind in kinds for one in projects])
    wanted = wanted_answers(session, [one.id for one in projects])
    return [
        Budget(
            one,
            held[Kind.PROJECT_BUDGET, one.id],
            held[Kind.PROJECT_RESERVED, one.id],
            wanted.get(one.id, 0),
        )
        for one in projects
    ]


def alerted(session: Session, owner_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Of which of these budgets and wallets it was said that they run low."""
    return set(session.scalars(select(FundsAlert.owner_id).where(FundsAlert.owner_id.in_(owner_ids))))


def forget_alerts(session: Session, owner_ids: Collection[uuid.UUID]) -> None:
    """There is enough again: the next time it runs low is said again."""
    session.execute(delete(FundsAlert).where(FundsAlert.owner_id.in_(owner_ids)))


def credits_of(session: Session, deposit_id: uuid.UUID) -> Sequence[LedgerTransaction]:
    """The entries in which a deposit reached the wallet, first one first."""
    return [
        one
        for one in ledger.with_cause(session, "deposit", deposit_id)
        if one.kind in {"deposit_succeeded", "deposit_recorded"}
    ]


def given_back(session: Session, deposit_id: uuid.UUID) -> int:
    """What of a deposit has gone back, or is on its way, in minor units."""
    said = session.scalar(
        select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(
            Refund.deposit_id == deposit_id, Refund.state.not_in(GONE)
        )
    )
    return int(said or 0)
