"""A company that chooses by hand: every move of an application that waits for it, and the moves there are not."""

import threading
import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.applications import policy, queries, service
from marketplace.applications.errors import OfferOver
from marketplace.applications.models import Application, ApplicationState
from marketplace.applications.policy import Step
from marketplace.audit.models import AuditRecord
from marketplace.companies import queries as companies
from marketplace.companies.models import Member, MemberRole
from marketplace.experts import queries as experts
from marketplace.experts.models import Expert
from marketplace.kit import clock
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Conflict, Forbidden, Invalid
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.notifications.models import Notice
from marketplace.projects import queries as projects
from marketplace.projects import service as project_service
from marketplace.projects.models import Project
from tests.factories.applications import make_offer
from tests.factories.companies import make_company, make_member
from tests.factories.experts import make_expert
from tests.factories.projects import make_project

A = ApplicationState
DAYS = timedelta(days=WORK.answer_days)
WHY = "We needed people who read scans every day."


def make_waiting(
    session: Session, *, expert: Expert | None = None, project: Project | None = None
) -> Application:
    """An application that waits for the company."""
    application = make_offer(session, expert=expert, project=project or make_project(session, by_hand=True))
    assert application.state is A.RECEIVED
    return application


def chooser(session: Session, project: Project, role: MemberRole = MemberRole.MANAGER) -> Member:
    return make_member(session, project.company, role=role)


def notices(session: Session, application: Application) -> list[Notice]:
    session.flush()
    return list(
        session.scalars(
            select(Notice).where(Notice.user_id == application.expert.user_id).order_by(Notice.id)
        )
    )


def refuse(session: Session, application: Application, **changes: str) -> service.Answers:
    project = application.project
    values = {"code": "field", "sentence": WHY, **changes}
    return service.refuse(session, project, [application.id], by=chooser(session, project), **values)


def test_whoever_meets_the_rules_waits_for_the_company(session: Session) -> None:
    application = make_waiting(session)
    now = clock.database_now(session)
    assert application.answer_by is not None
    assert DAYS - timedelta(minutes=1) < application.answer_by - now <= DAYS
    assert policy.is_waiting(application, now)
    assert make_offer(session, expert=application.expert, project=application.project).id == application.id


def test_whoever_fails_a_rule_does_not_wait(session: Session) -> None:
    project = make_project(session, by_hand=True)
    application = service.apply(session, expert=make_expert(session, country=""), project=project)
    assert (application.state, application.closed_reason) == (A.CLOSED, "ineligible")


def test_waiting_holds_no_money(session: Session) -> None:
    project = make_project(session, by_hand=True)
    before = ledger.balance(session, Kind.PROJECT_BUDGET, project.id)
    application = make_waiting(session, project=project)
    service.choose(session, project, [application.id], by=chooser(session, project))
    assert ledger.balance(session, Kind.PROJECT_BUDGET, project.id) == before
    assert ledger.balance(session, Kind.PROJECT_RESERVED, project.id) == 0


def test_the_company_offers(session: Session) -> None:
    application = make_waiting(session)
    by = chooser(session, application.project)
    assert service.choose(session, application.project, [application.id], by=by) == service.Answers(1)
    assert application.state is A.OFFERED
    assert policy.has_live_offer(application, clock.database_now(session))
    assert "offers you" in notices(session, application)[-1].title
    record = session.scalars(select(AuditRecord).where(AuditRecord.tag == "company:application:choose")).one()
    assert (record.actor_id, record.subject_id) == (by.user_id, application.id)


def test_the_company_does_not_choose_with_a_reason(session: Session) -> None:
    application = make_waiting(session)
    assert refuse(session, application).done == 1
    assert (application.state, application.closed_reason) == (A.CLOSED, "not_chosen")
    told = notices(session, application)[-1]
    assert "chose others" in told.title
    assert "They needed another field first." in told.body
    assert WHY in told.body
    assert "You can apply again on" in told.body


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": "age"}, "Choose a reason"),
        ({"sentence": "No."}, "at least 4 words"),
        ({"sentence": "word " * 200}, "Shorten it"),
        ({"sentence": "Write to me at ada@example.org about it please."}, "contact details"),
    ],
)
def test_a_reason_has_a_code_and_a_sentence(session: Session, changes: dict[str, str], said: str) -> None:
    application = make_waiting(session)
    with pytest.raises(Invalid, match=said):
        refuse(session, application, **changes)
    assert application.state is A.RECEIVED


def test_viewers_and_other_companies_do_not_answer(session: Session) -> None:
    application = make_waiting(session)
    project = application.project
    for by in (
        chooser(session, project, MemberRole.VIEWER),
        make_member(session, make_company(session), role=MemberRole.OWNER),
    ):
        with pytest.raises(Forbidden):
            service.choose(session, project, [application.id], by=by)
        with pytest.raises(Forbidden):
            service.refuse(session, project, [application.id], by=by, code="field", sentence=WHY)
    assert application.state is A.RECEIVED


def test_an_application_of_another_project_is_not_answered(session: Session) -> None:
    other = make_waiting(session)
    project = make_project(session, company=other.project.company, by_hand=True)
    done = service.choose(session, project, [other.id], by=chooser(session, project))
    assert (done, other.state) == (service.Answers(0, gone=1), A.RECEIVED)


def test_the_rules_are_asked_again_before_an_offer(session: Session) -> None:
    application = make_waiting(session)
    application.expert.country = ""
    session.flush()
    done = service.choose(
        session, application.project, [application.id], by=chooser(session, application.project)
    )
    assert done == service.Answers(0, unfit=1)
    assert (application.state, application.closed_reason) == (A.CLOSED, "ineligible")


def test_a_budget_that_is_low_today_does_not_close_an_application(session: Session) -> None:
    application = make_waiting(session, project=make_project(session, by_hand=True, budget_minor=280))
    project_service.defund(session, application.project)
    done = service.choose(
        session, application.project, [application.id], by=chooser(session, application.project)
    )
    assert (done.done, application.state) == (1, A.OFFERED)


@pytest.mark.parametrize("state", [A.OFFERED, A.IN_SCREENING, A.ENGAGED, A.CLOSED])
def test_only_what_waits_is_answered(session: Session, state: ApplicationState) -> None:
    application = make_waiting(session)
    application.state = state
    session.flush()
    project, by = application.project, chooser(session, application.project)
    assert service.choose(session, project, [application.id], by=by) == service.Answers(0, gone=1)
    assert refuse(session, application) == service.Answers(0, gone=1)
    assert not service.leave_unanswered(session, application)
    assert application.state is state


def test_nobody_answers_in_time(session: Session) -> None:
    application = make_waiting(session)
    with clock.shifted(DAYS + timedelta(seconds=1)):
        project, by = application.project, chooser(session, application.project)
        assert service.choose(session, project, [application.id], by=by).gone == 1
        for _ in range(2):
            service.lapse_due(session, {})
            assert (application.state, application.closed_reason) == (A.CLOSED, "no_answer")
    (told,) = notices(session, application)
    assert "did not answer you" in told.title
    assert queries.answers_of(session, application.project.company_id) == (1, 1)


def test_the_days_are_not_over_a_moment_before(session: Session) -> None:
    application = make_waiting(session)
    with clock.shifted(DAYS - timedelta(minutes=1)):
        service.lapse_due(session, {})
    assert application.state is A.RECEIVED


def test_no_answer_lets_one_apply_again_at_once(session: Session) -> None:
    first = make_waiting(session)
    with clock.shifted(DAYS + timedelta(seconds=1)):
        again = service.apply(session, expert=first.expert, project=first.project)
        assert (first.closed_reason, again.state) == ("no_answer", A.RECEIVED)
        assert again.id != first.id


def test_whoever_was_not_chosen_tries_again_after_some_days_three_times_in_all(session: Session) -> None:
    expert, project = make_expert(session), make_project(session, by_hand=True)
    later = timedelta(0)
    for number in range(WORK.tries_maximum):
        with clock.shifted(later):
            application = make_waiting(session, expert=expert, project=project)
            refuse(session, application)
            said = notices(session, application)[-1].body
            assert ("last try" in said) is (number == WORK.tries_maximum - 1)
            refused = service.apply(session, expert=expert, project=project)
            assert refused.closed_reason == "ineligible"
            assert [rule["rule"] for rule in refused.rules["rules"] if not rule["passed"]] == ["retry"]
        later += timedelta(days=WORK.retry_days, minutes=1)
    with clock.shifted(later):
        last = service.apply(session, expert=expert, project=project)
        assert last.closed_reason == "ineligible"
        assert "3 times" in next(r["reason"] for r in last.rules["rules"] if r["rule"] == "retry")


def test_the_expert_takes_it_back(session: Session) -> None:
    application = make_waiting(session)
    expert = application.expert
    service.withdraw(session, application, expert=expert)
    assert application.closed_reason == "withdrawn"
    with pytest.raises(OfferOver):
        service.withdraw(session, application, expert=expert)
    assert queries.answers_of(session, application.project.company_id) == (0, 0)


def test_there_is_no_offer_to_take_or_to_decline_while_it_waits(session: Session) -> None:
    application = make_waiting(session)
    expert = application.expert
    version = projects.current_guideline(session, application.project_id)
    assert version is not None
    with pytest.raises(OfferOver):
        service.accept(session, application, expert=expert, version_id=version.id, signature="Ada Example")
    with pytest.raises(OfferOver):
        service.decline(session, application, expert=expert)


def test_a_pause_keeps_applications_and_the_company_may_answer(session: Session) -> None:
    application = make_waiting(session)
    project = application.project
    by = chooser(session, project)
    project_service.pause(session, project, by=by.user, reason="We look at the first answers.")
    assert application.state is A.RECEIVED
    assert service.choose(session, project, [application.id], by=by).done == 1


def test_the_end_of_a_project_closes_them(session: Session) -> None:
    application = make_waiting(session)
    project, by = application.project, chooser(session, application.project)
    project_service.finish(session, project, by=None)
    assert application.closed_reason == "project_ended"
    with pytest.raises(Conflict):
        service.choose(session, project, [application.id], by=by)


def test_several_are_answered_at_once(session: Session) -> None:
    project = make_project(session, by_hand=True)
    ids = [make_waiting(session, project=project).id for _ in range(3)]
    by = chooser(session, project)
    assert service.choose(session, project, ids[:2], by=by) == service.Answers(2)
    assert service.choose(session, project, ids, by=by) == service.Answers(1, gone=2)


def test_the_company_hears_of_the_first_who_waits(session: Session) -> None:
    project = make_project(session, by_hand=True)
    owner = make_member(session, project.company, role=MemberRole.OWNER)

    def told() -> int:
        session.flush()
        return (
            session.scalar(
                select(func.count()).where(
                    Notice.user_id == owner.user_id, Notice.kind == "applicant_waiting"
                )
            )
            or 0
        )

    make_waiting(session, project=project)
    make_waiting(session, project=project)
    assert told() == 1


def test_the_job_page_says_it_was_sent(session: Session) -> None:
    application = make_waiting(session)
    expert, project = application.expert, application.project

    def step() -> Step:
        version = projects.current_guideline(session, project.id)
        return service.standing(
            session, user=expert.user, expert=expert, project=project, version=version
        ).step

    assert step() is Step.SENT
    with clock.shifted(DAYS + timedelta(seconds=1)):
        assert step() is Step.APPLY


@dataclass(frozen=True)
class Race:
    """One waiting application, and people who act on it at the same moment, each in a transaction."""

    clean: Sessions
    key: uuid.UUID
    project_id: uuid.UUID
    expert_user_id: uuid.UUID
    member_ids: list[uuid.UUID]

    def run(self, *verbs: str) -> tuple[Application, list[str]]:
        start, said = threading.Barrier(len(verbs)), []

        def act(number: int, verb: str) -> None:
            start.wait()
            with transaction(self.clean) as session:
                said.append(f"{verb} {getattr(self, verb)(session, self.member_ids[number % 2])}")

        threads = [threading.Thread(target=act, args=pair) for pair in enumerate(verbs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with transaction(self.clean, write=False) as session:
            found = queries.application(session, self.key)
            assert found is not None
            return found, sorted(said)

    def choose(self, session: Session, user_id: uuid.UUID) -> int:
        return service.choose(session, self.job(session), [self.key], by=self.member(session, user_id)).done

    def refuse(self, session: Session, user_id: uuid.UUID) -> int:
        by = self.member(session, user_id)
        return service.refuse(session, self.job(session), [self.key], by=by, code="field", sentence=WHY).done

    def withdraw(self, session: Session, _: uuid.UUID) -> int:
        me = experts.for_user(session, self.expert_user_id)
        assert me is not None
        mine = queries.for_expert(session, me.id, self.key)
        assert mine is not None
        service.withdraw(session, mine, expert=me)
        return 1

    def sweep(self, session: Session, _: uuid.UUID) -> int:
        service.lapse_due(session, {})
        return 1

    def job(self, session: Session) -> Project:
        found = projects.project(session, self.project_id)
        assert found is not None
        return found

    def member(self, session: Session, user_id: uuid.UUID) -> Member:
        found = companies.membership(session, user_id)
        assert found is not None
        return found


@pytest.fixture
def race(clean: Sessions) -> Race:
    with transaction(clean) as session:
        application = make_waiting(session)
        members = [chooser(session, application.project).user_id for _ in range(2)]
        return Race(clean, application.id, application.project_id, application.expert.user_id, members)


def test_two_members_answer_at_once(race: Race) -> None:
    application, said = race.run("choose", "refuse")
    if application.state is A.OFFERED:
        assert said == ["choose 1", "refuse 0"]
    else:
        assert (application.closed_reason, said) == ("not_chosen", ["choose 0", "refuse 1"])


def test_the_expert_takes_it_back_while_the_company_offers(race: Race) -> None:
    application, said = race.run("choose", "withdraw")
    assert application.closed_reason == "withdrawn", "an offer can be withdrawn from as well"
    assert said in (["choose 0", "withdraw 1"], ["choose 1", "withdraw 1"])


def test_two_workers_close_at_once(race: Race, clean: Sessions) -> None:
    with clock.shifted(DAYS + timedelta(minutes=1)):
        application, _ = race.run("sweep", "sweep", "sweep")
    assert application.closed_reason == "no_answer"
    with transaction(clean, write=False) as session:
        kinds = session.scalars(select(Notice.kind).where(Notice.kind == "application.unanswered")).all()
        records = session.scalars(
            select(AuditRecord.tag).where(AuditRecord.tag == "system:application:leave_unanswered")
        ).all()
    assert (len(kinds), len(records)) == (1, 1)
