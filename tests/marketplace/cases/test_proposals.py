"""Money moved by hand: one proposes with a reason, another decides, the books and the person know why."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.billing import queries as billing
from marketplace.cases import policy, queries, service
from marketplace.cases.errors import NotPossible, NotYet, ProjectEnded, ProposalOver, SomebodyElse, TooLate
from marketplace.cases.models import Proposal, ProposalState
from marketplace.cases.service import Wish
from marketplace.identity.models import Role, User
from marketplace.kit import clock, ids
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger import service as books
from marketplace.ledger.errors import Overdraft
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry
from marketplace.notifications.models import Notice
from marketplace.payouts import queries as payouts
from marketplace.payouts import service as paying
from marketplace.payouts.models import Earning, EarningKind, EarningState
from marketplace.projects import service as ending
from marketplace.projects.models import Project
from tests.factories.companies import make_member
from tests.factories.identity import make_user
from tests.factories.payouts import REASON as RELEASE
from tests.factories.payouts import make_expert
from tests.factories.projects import make_project

REASON = "Our outage of Monday cost two hours."
EVIDENCE = "Forty answers are word for word those of another account, see S-1 to S-40."
PAY = 4_334
S = ProposalState


@pytest.fixture
def one(session: Session) -> User:
    return make_user(session, roles=[Role.FINANCE], name="Ona First")


@pytest.fixture
def two(session: Session) -> User:
    return make_user(session, roles=[Role.FINANCE], name="Otto Second")


def wish(by: User, amount_minor: int = 2_000, **more: object) -> Wish:
    given = {"by": by, "form_key": ids.new_id(), "amount_minor": amount_minor, "reason": REASON, **more}
    return Wish(**given)  # type: ignore[arg-type]


def sound(session: Session) -> None:
    session.flush()
    checks = (ledger.broken, billing.broken, payouts.broken, queries.broken)
    assert [line for check in checks for line in check(session)] == []


def claimed(session: Session, expert: User) -> tuple[Earning, Project]:
    """Pay for a task, on hold."""
    project, claim = make_project(session), ids.new_id()
    key = f"claim:{claim}:approve"
    legs = [((Kind.PROJECT_BUDGET, project.id), (Kind.EXPERT_PENDING, expert.id), Money(PAY))]
    books.post_all(
        session, [Entry(kind="claim_approve", key=key, legs=legs, ref_type="assignment", ref_id=claim)]
    )
    paying.record_earning(
        session,
        paying.Earned(
            user_id=expert.id,
            project_id=project.id,
            kind=EarningKind.SUBMISSION,
            amount_minor=PAY,
            ledger_key=key,
            ref_type="submission",
            ref_id=ids.new_id(),
            reason="An approved answer",
        ),
    )
    session.flush()
    earning = payouts.earning_by_key(session, key)
    assert earning is not None
    return earning, project


def told(session: Session, user: User) -> list[str]:
    session.flush()
    return [one.title for one in session.query(Notice).filter_by(user_id=user.id).order_by(Notice.id)]


def test_goodwill_is_an_earning_with_its_reason(session: Session, one: User, two: User) -> None:
    expert = make_expert(session)
    made = service.propose_goodwill(session, wish(one), user_id=expert.id)
    assert ledger.balance(session, Kind.EXPERT_PENDING, expert.id) == 0
    assert told(session, two) == ["A goodwill of $20.00 waits for you"]
    service.approve(session, made.id, by=two)
    assert ledger.balance(session, Kind.EXPERT_PENDING, expert.id) == 2_000
    earning = payouts.earning_by_key(session, f"goodwill:{made.id}")
    assert earning is not None
    assert (earning.kind, earning.reason) == (EarningKind.GOODWILL, REASON)
    notice = session.query(Notice).filter_by(user_id=expert.id).one()
    assert (notice.title, notice.body) == ("$20.00 was added", f"Because: {REASON}")
    sound(session)


@pytest.mark.parametrize("kind", sorted(policy.OWNERS, key=lambda kind: kind.value))
@pytest.mark.parametrize("adds", [True, False])
def test_a_correction_moves_one_account_against_adjustments(
    session: Session, one: User, two: User, kind: Kind, adds: bool
) -> None:
    project = make_project(session, budget_minor=50_000)
    books.post_all(
        session,
        [
            Entry(
                kind="deposit_succeeded",
                key=f"deposit:pi_{ids.new_id()}:succeeded",
                legs=[
                    (
                        (Kind.STRIPE_BALANCE, PLATFORM),
                        (Kind.COMPANY_WALLET, project.company_id),
                        Money(9_000),
                    )
                ],
            )
        ],
    )
    owner = {
        "company": project.company_id,
        "project": project.id,
        "person": make_expert(session).id,
        "": PLATFORM,
    }[policy.OWNERS[kind]]
    before = ledger.balance(session, kind, owner)
    if kind is Kind.EXPERT_PENDING and not adds:
        with pytest.raises(NotPossible):
            service.propose_correction(session, wish(one), kind=kind, owner_id=owner, adds=adds)
        return
    made = service.propose_correction(session, wish(one), kind=kind, owner_id=owner, adds=adds)
    service.approve(session, made.id, by=two)
    assert ledger.balance(session, kind, owner) == before + (2_000 if adds else -2_000)
    assert ledger.with_keys(session, [f"adj:{made.id}"])[f"adj:{made.id}"].kind == "correction"
    sound(session)


@pytest.mark.parametrize(
    "kind",
    [Kind.EXPERT_AVAILABLE, Kind.COMPANY_DISPUTE_HOLD, Kind.PROJECT_RESERVED, Kind.DISPUTES_RECEIVABLE],
)
def test_what_belongs_to_rows_is_not_corrected_by_hand(session: Session, one: User, kind: Kind) -> None:
    with pytest.raises(NotPossible):
        service.propose_correction(session, wish(one), kind=kind, owner_id=ids.new_id(), adds=True)


def test_more_than_there_is_cannot_be_taken(session: Session, one: User, two: User) -> None:
    project = make_project(session, budget_minor=5_000)
    held = ledger.balance(session, Kind.PROJECT_BUDGET, project.id)
    made = service.propose_correction(
        session, wish(one, held + 1), kind=Kind.PROJECT_BUDGET, owner_id=project.id, adds=False
    )
    session.flush()
    with pytest.raises(Overdraft), session.begin_nested():
        service.approve(session, made.id, by=two)
    session.refresh(made)
    assert made.state is S.PROPOSED


def test_two_people_by_verb_and_by_the_database(session: Session, one: User, two: User) -> None:
    expert = make_expert(session)
    made = service.propose_goodwill(session, wish(one), user_id=expert.id)
    twin = make_user(session, roles=[Role.FINANCE], email=one.email.replace("@", "+second@"))
    other_self = make_user(session, roles=[Role.FINANCE], email=expert.email.replace("@", "+staff@"))
    for wrong in (one, twin, expert, other_self):
        with pytest.raises(SomebodyElse):
            service.approve(session, made.id, by=wrong)
        with pytest.raises(SomebodyElse):
            service.refuse(session, made.id, by=wrong, reason=REASON)
    session.flush()
    own = {"state": S.APPROVED, "decided_by_id": one.id, "decided_at": clock.now()}
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(Proposal).where(Proposal.id == made.id).values(**own))
    for columns in ({"reason": "short"}, {"amount_minor": 0}, {"state": S.APPROVED}, {"kind": "CLAWBACK"}):
        with pytest.raises((IntegrityError, LookupError)), session.begin_nested():
            session.execute(update(Proposal).where(Proposal.id == made.id).values(**columns))


@pytest.mark.parametrize("kind", [Kind.COMPANY_WALLET, Kind.PROJECT_BUDGET])
def test_who_belongs_to_the_company_does_not_decide(
    session: Session, one: User, two: User, kind: Kind
) -> None:
    project = make_project(session)
    make_member(session, project.company, user=two)
    owner = project.company_id if kind is Kind.COMPANY_WALLET else project.id
    made = service.propose_correction(session, wish(one), kind=kind, owner_id=owner, adds=True)
    for verb in (service.approve, lambda *args, by: service.refuse(*args, by=by, reason=REASON)):
        with pytest.raises(SomebodyElse):
            verb(session, made.id, by=two)
    assert made.state is S.PROPOSED


def end_project(session: Session, project: Project) -> None:
    """Nothing is under way: it ends, and what is left goes back to the wallet."""
    ending.finish(session, project, by=None)
    assert ending.close(session, project, has_live_work=False)


def test_what_is_taken_back_goes_to_the_wallet_when_the_project_ends_meanwhile(
    session: Session, one: User, two: User
) -> None:
    expert = make_expert(session)
    earning, project = claimed(session, expert)
    made = service.propose_clawback(
        session, earning.id, by=one, form_key=ids.new_id(), reason=REASON, evidence=EVIDENCE
    )
    end_project(session, project)
    wallet = ledger.balance(session, Kind.COMPANY_WALLET, project.company_id)
    service.answer(session, made.id, by=expert, said="I copied my own drafts.")
    service.approve(session, made.id, by=two)
    assert ledger.balance(session, Kind.COMPANY_WALLET, project.company_id) == wallet + PAY
    assert ledger.balance(session, Kind.PROJECT_BUDGET, project.id) == 0
    assert (made.credit_kind, made.credit_owner_id) == (Kind.COMPANY_WALLET.value, project.company_id)
    sound(session)


def test_nothing_is_added_to_the_budget_of_an_ended_project(session: Session, one: User, two: User) -> None:
    project = make_project(session)

    def propose(*, adds: bool) -> Proposal:
        return service.propose_correction(
            session, wish(one), kind=Kind.PROJECT_BUDGET, owner_id=project.id, adds=adds
        )

    made = propose(adds=True)
    end_project(session, project)
    session.flush()
    with pytest.raises(ProjectEnded):
        service.approve(session, made.id, by=two)
    with pytest.raises(ProjectEnded):
        propose(adds=True)
    propose(adds=False)
    assert made.state is S.PROPOSED
    assert ledger.balance(session, Kind.PROJECT_BUDGET, project.id) == 0


def test_a_form_proposes_once_and_is_decided_once(session: Session, one: User, two: User) -> None:
    expert, asked = make_expert(session), wish(one)
    first = service.propose_goodwill(session, asked, user_id=expert.id)
    assert service.propose_goodwill(session, asked, user_id=expert.id).id == first.id
    with pytest.raises(ProposalOver):
        service.propose_goodwill(session, wish(one, 3_000, form_key=asked.form_key), user_id=expert.id)
    with pytest.raises(ProposalOver):
        service.propose_goodwill(session, asked, user_id=make_expert(session).id)
    service.approve(session, first.id, by=two)
    for verb in (service.approve, service.withdraw):
        with pytest.raises(ProposalOver):
            verb(session, first.id, by=two)
    assert ledger.balance(session, Kind.EXPERT_PENDING, expert.id) == 2_000
    sound(session)


@pytest.mark.parametrize(
    ("amount", "reason", "said"),
    [
        (0, REASON, "above zero"),
        (-1, REASON, "above zero"),
        (100, "too short", "Say why"),
        (10**11 + 1, REASON, "at most $1,000,000,000.00"),
    ],
)
def test_bad_wishes(session: Session, one: User, amount: int, reason: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        service.propose_goodwill(session, wish(one, amount, reason=reason), user_id=make_expert(session).id)
    assert said in refused.value.message
    with pytest.raises(NotFound):
        service.propose_goodwill(session, wish(one), user_id=ids.new_id())


def test_refused_withdrawn_lapsed_move_nothing(session: Session, one: User, two: User) -> None:
    expert = make_expert(session)
    made = [service.propose_goodwill(session, wish(one), user_id=expert.id) for _ in range(3)]
    with pytest.raises(Invalid):
        service.refuse(session, made[0].id, by=two, reason="no")
    service.refuse(session, made[0].id, by=two, reason="The outage was an hour, not two.")
    with pytest.raises(NotFound):
        service.withdraw(session, made[1].id, by=two)
    service.withdraw(session, made[1].id, by=one)
    with clock.shifted(timedelta(days=MONEY.proposal_days, minutes=1)):
        service.lapse_due(session, {})
        service.lapse_due(session, {})
    assert [row.state for row in made] == [S.REFUSED, S.WITHDRAWN, S.LAPSED]
    assert ledger.balance(session, Kind.EXPERT_PENDING, expert.id) == 0
    sound(session)


def test_pay_is_taken_back_for_proven_fraud_after_the_person_was_asked(
    session: Session, one: User, two: User
) -> None:
    expert = make_expert(session)
    earning, project = claimed(session, expert)
    budget = ledger.balance(session, Kind.PROJECT_BUDGET, project.id)
    made = service.propose_clawback(
        session, earning.id, by=one, form_key=ids.new_id(), reason=REASON, evidence=EVIDENCE
    )
    assert "We have a question about $43.34 you earned" in told(session, expert)
    with pytest.raises(NotYet):
        service.approve(session, made.id, by=two)
    with clock.shifted(timedelta(days=MONEY.hold_days, minutes=1)):
        paying.mature_due(session)
    assert earning.state is EarningState.PENDING, "it waits until this is decided"
    with pytest.raises(NotFound):
        service.answer(session, made.id, by=make_expert(session), said="Not me.")
    service.answer(session, made.id, by=expert, said="I copied my own drafts.")
    service.approve(session, made.id, by=two)
    assert earning.state is EarningState.REVERSED
    assert ledger.balance(session, Kind.PROJECT_BUDGET, project.id) == budget + PAY
    assert ledger.balance(session, Kind.EXPERT_PENDING, expert.id) == 0
    assert told(session, expert)[-1] == "$43.34 was taken back"
    sound(session)


def test_what_is_not_decided_in_time_is_the_persons(session: Session, one: User) -> None:
    expert = make_expert(session)
    earning, _ = claimed(session, expert)
    service.propose_clawback(
        session, earning.id, by=one, form_key=ids.new_id(), reason=REASON, evidence=EVIDENCE
    )
    with clock.shifted(timedelta(days=MONEY.fraud_days, minutes=1)):
        service.lapse_due(session, {})
        paying.mature_due(session)
    assert earning.state is EarningState.AVAILABLE
    assert "The $43.34 stays yours" in told(session, expert)
    sound(session)


def test_what_is_available_stays_with_the_person(session: Session, one: User) -> None:
    expert = make_expert(session)
    earning, _ = claimed(session, expert)
    paying.release_hold(session, expert.id, by=one, reason=RELEASE)
    with pytest.raises(TooLate):
        service.propose_clawback(
            session, earning.id, by=one, form_key=ids.new_id(), reason=REASON, evidence=EVIDENCE
        )


def test_a_clawback_needs_proof_a_claim_and_stands_alone(session: Session, one: User) -> None:
    expert = make_expert(session)
    earning, _ = claimed(session, expert)

    def propose(evidence: str) -> Proposal:
        return service.propose_clawback(
            session, earning.id, by=one, form_key=ids.new_id(), reason=REASON, evidence=evidence
        )

    with pytest.raises(Invalid):
        propose("It looks odd.")
    propose(EVIDENCE)
    with pytest.raises(ProposalOver):
        propose(EVIDENCE)
    given = paying.Earned(
        user_id=expert.id,
        project_id=None,
        kind=EarningKind.BONUS,
        amount_minor=10,
        ledger_key=f"bonus:{ids.new_id()}",
        ref_type="bonus",
        ref_id=ids.new_id(),
        reason="A bonus",
    )
    paying.record_earning(session, given)
    bonus = payouts.earning_by_key(session, given.ledger_key)
    assert bonus is not None
    with pytest.raises(NotPossible):
        service.propose_clawback(
            session, bonus.id, by=one, form_key=ids.new_id(), reason=REASON, evidence=EVIDENCE
        )
