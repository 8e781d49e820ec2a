"""Experts never bear a cent of a dispute: their accounts, earnings and payouts stay as they are in every path."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from marketplace.billing import queries
from marketplace.billing.models import Deposit
from marketplace.companies.models import Member
from marketplace.gateways.stripe.emulator import disputes
from marketplace.gateways.stripe.emulator.payments import PaidHow
from marketplace.identity.models import User
from marketplace.kit import ids
from marketplace.kit.application import Application
from marketplace.kit.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger import service as books
from marketplace.ledger.models import Kind, LedgerAccount, LedgerPosting, LedgerTransaction
from marketplace.ledger.service import Entry
from marketplace.payouts import queries as payouts
from marketplace.payouts import service as paying
from marketplace.payouts.models import EarningKind
from marketplace.projects import service as projects
from marketplace.projects.models import Project
from tests.factories.billing import make_payer, make_settled, payments_of
from tests.factories.disputes import decide, hear, take_back
from tests.factories.payouts import REASON, make_account, make_expert, make_finance, make_run
from tests.factories.projects import make_project

EXPERT = (Kind.EXPERT_PENDING, Kind.EXPERT_AVAILABLE, Kind.EXPERT_IN_TRANSIT)
PAID = 20_000


@pytest.fixture
def payer(session: Session) -> Member:
    return make_payer(session)


def earned_from(session: Session, project: Project) -> User:
    """Somebody whose pay came out of this project's money."""
    expert, key = make_expert(session), f"bonus:{ids.new_id()}"
    legs = [((Kind.PROJECT_BUDGET, project.id), (Kind.EXPERT_PENDING, expert.id), Money(PAID))]
    books.post_all(session, [Entry(kind="bonus", key=key, legs=legs, ref_type="bonus", ref_id=ids.new_id())])
    paying.record_earning(
        session,
        paying.Earned(
            user_id=expert.id,
            project_id=project.id,
            kind=EarningKind.BONUS,
            amount_minor=PAID,
            ledger_key=key,
            ref_type="bonus",
            ref_id=ids.new_id(),
            reason="A bonus for careful work",
        ),
    )
    session.flush()
    return expert


def people(app: Application, session: Session, payer: Member) -> list[User]:
    """Four who were paid from the disputed money: in their hold, available, in a payout, paid out."""
    project = make_project(session, company=payer.company, by=payer.user, state="awaiting_funds")
    projects.fund(session, project, by=payer.user, amount_minor=90_000, form_key=ids.new_id())
    held, free, moving, gone = (earned_from(session, project) for _ in range(4))
    finance = make_finance(session)
    for who in (free, moving, gone):
        paying.release_hold(session, who.id, by=finance, reason=REASON)
    for who in (moving, gone):
        make_account(session, who)
    make_run(session)
    return [held, free, moving, gone]


def theirs(session: Session, who: list[User]) -> list[object]:
    """Every figure of these people, and everything that ever moved for them."""
    session.flush()
    assert [*ledger.broken(session), *queries.broken(session), *payouts.broken(session)] == []
    sums = [payouts.sums_of(session, one.id) for one in who]
    return [*sums, *(ledger.balance(session, kind, one.id) for kind in EXPERT for one in who)]


def win(app: Application, session: Session, external_id: str) -> None:
    decide(app, external_id, won=True)


def lose(app: Application, session: Session, external_id: str) -> None:
    decide(app, external_id, won=False)


def escalate_and_lose(app: Application, session: Session, external_id: str) -> None:
    with payments_of(app).emulator.books() as store:
        disputes.escalate(store, external_id)
    lose(app, session, external_id)


def nothing(app: Application, session: Session, external_id: str) -> None:
    """The bank has decided already."""


@pytest.mark.parametrize(
    ("how", "inquiry", "end"),
    [
        (PaidHow.CARD, False, win),
        (PaidHow.CARD, False, lose),
        (PaidHow.CARD, True, win),
        (PaidHow.CARD, True, escalate_and_lose),
        (PaidHow.BANK, False, nothing),
    ],
)
def test_no_path_of_a_dispute_touches_anybody(
    app: Application,
    session: Session,
    payer: Member,
    *,
    how: PaidHow,
    inquiry: bool,
    end: Callable[[Application, Session, str], None],
) -> None:
    deposit: Deposit = make_settled(app, session, payer, how=how)
    who = people(app, session, payer)
    before = theirs(session, who)
    external_id = take_back(app, deposit, inquiry=inquiry)
    hear(app, session, external_id)
    assert theirs(session, who) == before
    end(app, session, external_id)
    hear(app, session, external_id)
    assert theirs(session, who) == before
    assert touched(session) == []


def touched(session: Session) -> list[str]:
    """Postings of disputes that are about a person's account: there must be none, ever."""
    one, other = aliased(LedgerAccount), aliased(LedgerAccount)
    return list(
        session.scalars(
            select(LedgerTransaction.idempotency_key)
            .join(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
            .join(one, one.id == LedgerPosting.debit_account_id)
            .join(other, other.id == LedgerPosting.credit_account_id)
            .where(LedgerTransaction.kind.like("dispute%"), one.kind.in_(EXPERT) | other.kind.in_(EXPERT))
        )
    )
