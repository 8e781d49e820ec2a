import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.policy import WORK
from config.terms import TERMS_VERSION
from marketplace.applications import policy, queries, service
from marketplace.applications.errors import AlreadyEngaged, GuidelineChanged, OfferOver
from marketplace.applications.models import (
    APPLICATION_MOVES,
    ENGAGEMENT_MOVES,
    Application,
    ApplicationState,
    Engagement,
    EngagementState,
)
from marketplace.applications.policy import Step
from marketplace.audit.models import AuditRecord
from marketplace.experts import queries as experts
from marketplace.kit import clock
from marketplace.kit.application import Application as App
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Conflict, NotFound
from marketplace.notifications.models import Notice
from marketplace.outbox.models import OutboxMessage
from marketplace.outbox.service import Handlers, run_all, run_one
from marketplace.projects import queries as projects
from marketplace.projects import service as project_service
from marketplace.projects.models import Project
from marketplace.projects.policy import ClauseText
from tests.factories.applications import make_engagement, make_offer
from tests.factories.experts import make_expert
from tests.factories.projects import CLAUSES, make_owner, make_project

A, E = ApplicationState, EngagementState
OFFER = timedelta(days=WORK.offer_days)


def version_id(session: Session, project: Project) -> uuid.UUID:
    version = projects.current_guideline(session, project.id)
    assert version is not None
    return version.id


def rows(session: Session, kind: type[Application] | type[Engagement]) -> int:
    return session.scalar(select(func.count()).select_from(kind)) or 0


def republish(session: Session, project: Project, *clauses: ClauseText) -> None:
    owner = make_owner(session, project.company)
    project_service.save_guideline(session, project, clauses, by=owner, publish_now=True)


def test_the_move_tables() -> None:
    assert {(start, end) for start, ends in APPLICATION_MOVES.items() for end in ends} == {
        (A.RECEIVED, A.IN_SCREENING),
        (A.RECEIVED, A.OFFERED),
        (A.RECEIVED, A.CLOSED),
        (A.IN_SCREENING, A.OFFERED),
        (A.IN_SCREENING, A.CLOSED),
        (A.OFFERED, A.ENGAGED),
        (A.OFFERED, A.CLOSED),
    }
    assert {(start, end) for start, ends in ENGAGEMENT_MOVES.items() for end in ends} == {
        (E.ACTIVE, E.SUSPENDED),
        (E.ACTIVE, E.ENDED),
        (E.SUSPENDED, E.ACTIVE),
        (E.SUSPENDED, E.REVOKED),
        (E.SUSPENDED, E.ENDED),
        (E.ENDED, E.ACTIVE),  # a new offer was accepted
    }


def test_whoever_fits_has_an_offer_at_once(session: Session) -> None:
    application = make_offer(session)
    assert application.state is A.OFFERED
    assert application.rules["eligible"] is True
    assert application.offer_ends_at is not None
    left = application.offer_ends_at - clock.database_now(session)
    assert OFFER - timedelta(minutes=1) < left <= OFFER


def test_whoever_does_not_fit_reads_why_and_may_try_again(session: Session) -> None:
    expert, project = make_expert(session, country=""), make_project(session)
    first = service.apply(session, expert=expert, project=project)
    assert (first.state, first.closed_reason) == (A.CLOSED, "ineligible")
    assert [rule["rule"] for rule in first.rules["rules"] if not rule["passed"]] == ["country"]
    assert service.apply(session, expert=expert, project=project).id == first.id, (
        "the same answer is not written twice"
    )
    expert.country = "US"
    assert service.apply(session, expert=expert, project=project).state is A.OFFERED
    assert rows(session, Application) == 2


def test_a_live_offer_is_found_again(session: Session) -> None:
    offer = make_offer(session)
    assert make_offer(session, expert=offer.expert, project=offer.project).id == offer.id


@pytest.mark.parametrize("state", ["paused", "closing", "closed"])
def test_a_job_that_is_not_open_takes_no_applications(session: Session, state: str) -> None:
    with pytest.raises(Conflict):
        service.apply(session, expert=make_expert(session), project=make_project(session, state=state))


def test_accepting_signs_and_begins(session: Session) -> None:
    offer = make_offer(session)
    ada = offer.expert
    engagement = service.accept(
        session,
        offer,
        expert=ada,
        version_id=version_id(session, offer.project),
        signature="Ada Example",
    )
    assert (offer.state, engagement.state) == (A.ENGAGED, E.ACTIVE)
    assert (engagement.signed_name, engagement.terms_version) == ("Ada Example", TERMS_VERSION)
    assert (
        engagement.acknowledged_id == version_id(session, offer.project)
        or engagement.acknowledged.number == 1
    )
    assert queries.active_engagement(session, offer.expert_id, offer.project_id) is engagement
    with pytest.raises(AlreadyEngaged):
        service.apply(session, expert=ada, project=offer.project)


def test_an_offer_is_accepted_once_by_its_own_expert(session: Session) -> None:
    offer = make_offer(session)
    ada = offer.expert
    seen = version_id(session, offer.project)
    with pytest.raises(NotFound):
        service.accept(session, offer, expert=make_expert(session), version_id=seen, signature="Eve")
    service.accept(session, offer, expert=ada, version_id=seen, signature="Ada")
    with pytest.raises(OfferOver):
        service.accept(session, offer, expert=ada, version_id=seen, signature="Ada")
    assert rows(session, Engagement) == 1


def test_an_older_guideline_cannot_be_signed(session: Session) -> None:
    offer = make_offer(session)
    ada = offer.expert
    seen = version_id(session, offer.project)
    republish(session, offer.project, CLAUSES[0])
    with pytest.raises(GuidelineChanged):
        service.accept(session, offer, expert=ada, version_id=seen, signature="Ada")
    assert offer.state is A.OFFERED


def test_an_offer_lapses_on_read_and_by_the_sweep(session: Session) -> None:
    offer, other = make_offer(session), make_offer(session)
    ada = offer.expert
    seen = version_id(session, offer.project)
    with clock.shifted(OFFER - timedelta(minutes=1)):
        service.lapse_due(session, {})
        assert (offer.state, other.state) == (A.OFFERED, A.OFFERED)
    with clock.shifted(OFFER + timedelta(seconds=1)):
        with pytest.raises(OfferOver):
            service.accept(session, offer, expert=ada, version_id=seen, signature="Ada")
        again = service.apply(session, expert=ada, project=offer.project)
        assert (offer.state, offer.closed_reason, again.state) == (A.CLOSED, "lapsed", A.OFFERED)
        service.lapse_due(session, {})
        assert (other.state, other.closed_reason) == (A.CLOSED, "lapsed")
        assert again.state is A.OFFERED


def test_declining_and_withdrawing_leave_the_way_open(session: Session) -> None:
    for verb, reason in ((service.decline, "declined"), (service.withdraw, "withdrawn")):
        offer = make_offer(session)
        ada = offer.expert
        verb(session, offer, expert=ada)
        assert (offer.state, offer.closed_reason) == (A.CLOSED, reason)
        with pytest.raises(OfferOver):
            verb(session, offer, expert=ada)
        assert service.apply(session, expert=ada, project=offer.project).state is A.OFFERED


def test_a_new_guideline_version_has_to_be_acknowledged(session: Session) -> None:
    engagement = make_engagement(session)
    project, expert = engagement.project, engagement.expert
    first = projects.current_guideline(session, project.id)
    assert policy.may_begin(engagement, first)
    republish(session, project, CLAUSES[0], ClauseText("Be brief", "Fifty words will do."))
    second = projects.current_guideline(session, project.id)
    assert second is not None
    assert not policy.may_begin(engagement, second)
    assert first is not None
    with pytest.raises(GuidelineChanged):
        service.acknowledge(session, engagement, expert=expert, version_id=first.id)
    service.acknowledge(session, engagement, expert=expert, version_id=second.id)
    session.flush()
    assert policy.may_begin(engagement, second)

    changes = policy.changes(projects.clauses(session, first.id), projects.clauses(session, second.id))
    assert [(one.kind, one.clause.title) for one in changes] == [
        ("added", "Be brief"),
        ("removed", "Be clear"),
    ]


def test_changed_words_of_a_clause_are_shown(session: Session) -> None:
    engagement = make_engagement(session)
    old = projects.clauses(session, version_id(session, engagement.project))
    republish(session, engagement.project, CLAUSES[0], ClauseText("Be clear", "Write for a child."))
    new = projects.clauses(session, version_id(session, engagement.project))
    assert [(one.kind, one.clause.text) for one in policy.changes(old, new)] == [
        ("changed", "Write for a child.")
    ]
    assert policy.changes(new, new) == []


def test_those_who_have_not_read_it_are_told(session: Session) -> None:
    engagement = make_engagement(session)
    done = make_engagement(session, project=engagement.project)
    republish(session, engagement.project, CLAUSES[0])
    service.acknowledge(session, done, expert=done.expert, version_id=version_id(session, engagement.project))
    session.flush()
    service.tell_guideline(session, {"project_id": str(engagement.project_id)})
    told = session.scalars(select(Notice).where(Notice.kind == "guideline_changed")).all()
    assert [notice.user_id for notice in told] == [engagement.expert.user_id]
    assert "version 2" in told[0].title


def test_many_are_told_a_part_at_a_time_and_each_once(
    app: App, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.applications.service.engagements.TOLD_AT_ONCE", 2)
    first = make_engagement(session)
    others = [make_engagement(session, project=first.project) for _ in range(4)]
    republish(session, first.project, CLAUSES[0])
    session.flush()
    outbox = select(OutboxMessage).where(OutboxMessage.handler == "applications.tell_guideline")
    newest = str(version_id(session, first.project))
    kept = select(Notice.user_id).where(Notice.kind == "guideline_changed")
    run_one(app.sessions, app.extensions["assay"][Handlers])
    assert len(session.scalars(kept).all()) <= 2
    run_all(app.sessions, app.extensions["assay"][Handlers])
    said = [message.payload["version_id"] for message in session.scalars(outbox)]
    assert said.count(newest) == 3, "two, two and one"
    people = [one.expert.user_id for one in (first, *others)]
    assert sorted(session.scalars(kept)) == sorted(people)


def test_leaving_ends_the_right_and_a_new_offer_begins_it_again(session: Session) -> None:
    engagement = make_engagement(session)
    expert, project = engagement.expert, engagement.project
    service.leave(session, engagement, expert=expert)
    session.flush()
    assert queries.active_engagement(session, expert.id, project.id) is None
    again = make_engagement(session, expert=expert, project=project)
    assert (again.id, again.state, rows(session, Engagement)) == (engagement.id, E.ACTIVE, 1)


@pytest.mark.parametrize("state", [E.SUSPENDED, E.REVOKED])
def test_a_suspended_expert_cannot_apply_around_it(session: Session, state: EngagementState) -> None:
    engagement = make_engagement(session)
    engagement.state = state
    with pytest.raises(AlreadyEngaged):
        service.apply(session, expert=engagement.expert, project=engagement.project)


def test_the_end_of_a_project_ends_offers_and_engagements(session: Session) -> None:
    engagement = make_engagement(session)
    offer = make_offer(session, project=engagement.project)
    project_service.finish(session, engagement.project, by=None)
    assert (offer.state, offer.closed_reason, engagement.state) == (A.CLOSED, "project_ended", E.ACTIVE)
    assert project_service.close(session, engagement.project, has_live_work=False)
    assert engagement.state is E.ENDED


def test_the_one_thing_to_do_next(session: Session) -> None:
    expert, project = make_expert(session), make_project(session, budget_minor=280)

    def step() -> Step:
        session.flush()
        version = projects.current_guideline(session, project.id)
        return service.standing(
            session, user=expert.user, expert=expert, project=project, version=version
        ).step

    assert step() is Step.APPLY
    expert.country = ""
    assert step() is Step.FIX
    expert.country = "US"
    make_offer(session, expert=expert, project=project)
    assert step() is Step.ACCEPT
    with clock.shifted(OFFER + timedelta(seconds=1)):
        assert step() is Step.APPLY
    engagement = make_engagement(session, expert=expert, project=project)
    assert step() is Step.START
    republish(session, project, CLAUSES[1])
    assert step() is Step.ACKNOWLEDGE
    service.acknowledge(session, engagement, expert=expert, version_id=version_id(session, project))
    project_service.defund(session, project)
    assert step() is Step.WAIT
    expert.country = ""
    assert step() is Step.FIX
    engagement.state = E.SUSPENDED
    assert step() is Step.SUSPENDED
    project_service.finish(session, project, by=None)
    assert step() is Step.OVER


def test_two_windows_make_one_application(clean: Sessions) -> None:
    with transaction(clean) as session:
        expert, project = make_expert(session), make_project(session)
        expert_id, project_id, user_id = expert.id, project.id, expert.user_id
    start = threading.Barrier(4)
    answers: list[object] = []

    def apply() -> None:
        start.wait()
        try:
            with transaction(clean) as session:
                me = experts.for_user(session, user_id)
                job = projects.project(session, project_id)
                assert me is not None
                assert job is not None
                answers.append(service.apply(session, expert=me, project=job).id)
        except Conflict as refusal:
            answers.append(refusal)

    threads = [threading.Thread(target=apply) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    with transaction(clean, write=False) as session:
        assert rows(session, Application) == 1
        live = queries.live_application(session, expert_id, project_id)
        assert live is not None
        assert live.state is A.OFFERED
    assert {answer for answer in answers if isinstance(answer, uuid.UUID)} == {live.id}


def test_nobody_is_left_waiting_at_a_project_that_finishes_in_that_moment(clean: Sessions) -> None:
    with transaction(clean) as session:
        expert, project = make_expert(session), make_project(session)
        project_id, user_id = project.id, expert.user_id
    answers: list[object] = []

    def apply() -> None:
        try:
            with transaction(clean) as session:
                me, job = experts.for_user(session, user_id), projects.project(session, project_id)
                assert me is not None
                assert job is not None
                answers.append(service.apply(session, expert=me, project=job).id)
        except Conflict as refusal:
            answers.append(str(refusal))

    late = threading.Thread(target=apply)
    with transaction(clean) as session:
        project_service.finish(session, projects.lock(session, project_id), by=None)
        session.flush()
        late.start()
        late.join(0.5)  # time to get past us, were nothing in its way
    late.join()
    assert answers == ["This job takes no applications at the moment."]


def test_every_move_of_an_application_is_written_down(session: Session) -> None:
    declined, withdrawn, lapsed, ended = (make_offer(session) for _ in range(4))
    people = [one.expert for one in (declined, withdrawn, lapsed, ended)]
    service.decline(session, declined, expert=people[0])
    service.withdraw(session, withdrawn, expert=people[1])
    project_service.finish(session, ended.project, by=None)
    with clock.shifted(OFFER):
        service.lapse_due(session, {})
    session.flush()
    acts = {
        application: session.scalars(
            select(AuditRecord).where(AuditRecord.subject_id == application.id).order_by(AuditRecord.id)
        ).all()
        for application in (declined, withdrawn, lapsed, ended)
    }
    assert [record.tag for records in acts.values() for record in records] == [
        "expert:application:apply",
        "expert:application:decline",
        "expert:application:apply",
        "expert:application:withdraw",
        "expert:application:apply",
        "system:application:lapse",
        "expert:application:apply",
        "system:application:end",
    ]
    assert [records[0].actor_id for records in acts.values()] == [one.user_id for one in people]
    assert acts[declined][1].detail == {"state": "closed", "reason": "declined"}
