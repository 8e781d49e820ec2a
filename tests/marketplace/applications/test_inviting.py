"""Invitations: whom a company may ask, once each; what the expert can answer; every move and none besides."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.choices import REASONS
from config.policy import WORK
from marketplace.applications import queries, service
from marketplace.applications.errors import OfferOver, TooManyInvitations
from marketplace.applications.models import (
    ASKED_MOVES,
    ApplicationState,
    AskedState,
    CompanyMute,
    ProjectInvitation,
)
from marketplace.audit.models import AuditRecord
from marketplace.companies import queries as companies
from marketplace.companies import service as company_service
from marketplace.companies.models import Member, MemberRole
from marketplace.experts.models import Expert, ExpertSpecialty
from marketplace.identity.models import Role
from marketplace.kit import clock, ids
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Conflict, Forbidden, Invalid
from marketplace.notifications.models import Notice
from marketplace.projects import queries as projects
from marketplace.projects import service as project_service
from marketplace.projects.models import Project
from marketplace.reputation.models import Reputation
from tests.factories.applications import make_engagement, make_offer
from tests.factories.companies import make_company, make_member
from tests.factories.experts import make_credential, make_expert
from tests.factories.identity import make_user
from tests.factories.projects import make_owner, make_project
from tests.factories.screenings import make_screening_plan
from tests.pages import Pages

A, K = ApplicationState, AskedState
NOTE = "Your record with letters to patients fits us."
STANDS = timedelta(days=WORK.project_invitation_days)


@pytest.fixture
def project(session: Session) -> Project:
    return make_project(session, by_hand=True, specialty="medicine.cardiology")


@pytest.fixture
def crowd(session: Session) -> list[Expert]:
    """Enough people who fit that a list names nobody."""
    return [make_expert(session) for _ in range(5)]


@pytest.fixture
def manager(session: Session, project: Project) -> Member:
    return make_member(session, project.company, role=MemberRole.MANAGER)


def invite(session: Session, project: Project, by: Member, *people: Expert, note: str = NOTE) -> int:
    return service.invite(session, project, [one.id for one in people], by=by, note=note)


def invited(session: Session, expert: Expert, project: Project) -> ProjectInvitation:
    session.flush()
    found = session.scalars(
        select(ProjectInvitation).where(
            ProjectInvitation.expert_id == expert.id, ProjectInvitation.project_id == project.id
        )
    ).one()
    return queries.invitation_for(session, expert.id, found.id) or found


def listed(session: Session, project: Project) -> list[Expert]:
    session.flush()
    return [expert for expert, _ in service.people_for(session, project, mark=None).page.rows]


def test_the_move_table() -> None:
    assert {(start, end) for start, ends in ASKED_MOVES.items() for end in ends} == {
        (K.OPEN, end) for end in K if end is not K.OPEN
    }


def test_an_invitation_is_told_in_the_companys_words(
    session: Session, project: Project, crowd: list[Expert], manager: Member
) -> None:
    assert invite(session, project, manager, crowd[0], crowd[1]) == 2
    session.flush()
    told = session.scalars(select(Notice).where(Notice.user_id == crowd[0].user_id)).one()
    assert "invites you" in told.title
    assert NOTE in told.body
    assert told.path == f"/jobs/{project.slug}"


def test_an_accepted_invitation_is_the_choice(
    session: Session, project: Project, crowd: list[Expert], manager: Member
) -> None:
    invite(session, project, manager, crowd[0])
    one = invited(session, crowd[0], project)
    application = service.accept_invitation(session, one, expert=crowd[0])
    assert (application.state, one.state) == (A.OFFERED, K.ACCEPTED)
    assert service.accept_invitation(session, one, expert=crowd[0]).id == application.id


def test_applying_takes_up_the_invitation_too(
    session: Session, project: Project, crowd: list[Expert], manager: Member
) -> None:
    invite(session, project, manager, crowd[0])
    assert service.apply(session, expert=crowd[0], project=project).state is A.OFFERED
    assert invited(session, crowd[0], project).state is K.ACCEPTED


def test_the_rules_still_judge_and_leave_the_invitation_open(
    session: Session, project: Project, crowd: list[Expert], manager: Member
) -> None:
    invite(session, project, manager, crowd[0])
    crowd[0].country = ""
    session.flush()
    one = invited(session, crowd[0], project)
    application = service.accept_invitation(session, one, expert=crowd[0])
    assert (application.closed_reason, one.state) == ("ineligible", K.OPEN)
    crowd[0].country = "US"
    session.flush()
    assert service.accept_invitation(session, one, expert=crowd[0]).state is A.OFFERED


def test_an_invitation_answers_an_application_that_waits(
    session: Session, project: Project, crowd: list[Expert], manager: Member
) -> None:
    invite(session, project, manager, crowd[0])
    one = invited(session, crowd[0], project)
    one.state = K.LAPSED
    waiting = make_offer(session, expert=crowd[0], project=project)
    assert waiting.state is A.RECEIVED
    one.state = K.OPEN
    session.flush()
    assert service.accept_invitation(session, one, expert=crowd[0]).id == waiting.id
    assert (waiting.state, one.state) == (A.OFFERED, K.ACCEPTED)


def test_declining_is_one_press_and_final(
    session: Session, project: Project, crowd: list[Expert], manager: Member
) -> None:
    invite(session, project, manager, crowd[0])
    one = invited(session, crowd[0], project)
    service.decline_invitation(session, one, expert=crowd[0])
    assert one.state is K.DECLINED
    with pytest.raises(OfferOver):
        service.decline_invitation(session, one, expert=crowd[0])
    with pytest.raises(OfferOver):
        service.accept_invitation(session, one, expert=crowd[0])
    assert invite(session, project, manager, crowd[0]) == 0, "nobody is asked twice for one project"


def test_an_invitation_that_stays_open_was_not_accepted(
    session: Session, project: Project, crowd: list[Expert], manager: Member
) -> None:
    invite(session, project, manager, crowd[0])
    one = invited(session, crowd[0], project)
    crowd[0].country = ""  # a rule is missed by now
    service.accept_invitation(session, one, expert=crowd[0])
    crowd[0].country = "US"
    session.flush()
    tags = select(AuditRecord.tag).where(AuditRecord.subject_id == one.id).order_by(AuditRecord.id)
    assert (one.state, list(session.scalars(tags))) == (K.OPEN, ["company:project_invitation:invite"])
    service.accept_invitation(session, one, expert=crowd[0])
    session.flush()
    assert list(session.scalars(tags))[1:] == ["expert:project_invitation:accept"]


def test_a_project_is_locked_before_who_was_invited_and_who_applied(
    session: Session, project: Project, crowd: list[Expert], manager: Member
) -> None:
    """Answering and finishing lock in one order: project, invitations, applications."""
    if session.get_bind().dialect.name != "postgresql":
        pytest.skip("SQLite has one writer")
    invite(session, project, manager, *crowd[:2])
    one = invited(session, crowd[0], project)
    session.expire_all()
    one = queries.invitation_for(session, crowd[0].id, one.id) or one
    with locks(session) as accepting:
        service.accept_invitation(session, one, expert=crowd[0])
    assert accepting[:2] == ["projects", "project_invitations"]
    with locks(session) as finishing:
        project_service.finish(session, project, by=None)
    assert finishing[0] == "projects"
    assert "applications" in finishing
    assert finishing.index("project_invitations") < finishing.index("applications")


@contextmanager
def locks(session: Session) -> Iterator[list[str]]:
    """The tables whose rows are locked meanwhile, each once, in their order."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FOR UPDATE" in statement:
            found.extend({statement.split("FROM ")[1].split(maxsplit=1)[0]} - set(found))

    engine = session.get_bind().engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("state", [K.DECLINED, K.LAPSED, K.PROJECT_ENDED])
def test_what_is_over_is_answered_no_more(
    session: Session, project: Project, crowd: list[Expert], manager: Member, state: AskedState
) -> None:
    invite(session, project, manager, crowd[0])
    one = invited(session, crowd[0], project)
    one.state = state
    with pytest.raises(OfferOver):
        service.accept_invitation(session, one, expert=crowd[0])
    with pytest.raises(OfferOver):
        service.decline_invitation(session, one, expert=crowd[0])
    assert one.state is state


def test_it_lapses_by_itself_and_is_judged_on_read(
    session: Session, project: Project, crowd: list[Expert], manager: Member
) -> None:
    invite(session, project, manager, crowd[0], crowd[1])
    first, second = (invited(session, one, project) for one in crowd[:2])
    with clock.shifted(STANDS - timedelta(minutes=1)):
        service.lapse_due(session, {})
        assert first.state is K.OPEN
    with clock.shifted(STANDS + timedelta(seconds=1)):
        with pytest.raises(OfferOver):
            service.accept_invitation(session, first, expert=crowd[0])
        assert service.apply(session, expert=crowd[0], project=project).state is A.RECEIVED
        for _ in range(2):
            service.lapse_due(session, {})
        assert (first.state, second.state) == (K.LAPSED, K.LAPSED)


def test_the_end_of_a_project_ends_them(
    session: Session, project: Project, crowd: list[Expert], manager: Member
) -> None:
    invite(session, project, manager, crowd[0])
    one = invited(session, crowd[0], project)
    project_service.finish(session, project, by=None)
    assert one.state is K.PROJECT_ENDED


def test_only_people_who_may_be_asked_are_listed(
    session: Session, project: Project, crowd: list[Expert], manager: Member
) -> None:
    assert set(listed(session, project)) == set(crowd)
    off, muted, blocked, working, waiting, ruled = (make_expert(session) for _ in range(6))
    service.set_invitations(session, off, wanted=False)
    other = make_project(session, company=project.company)
    invite(session, other, manager, muted)
    service.decline_invitation(session, invited(session, muted, other), expert=muted, mute=True)
    company_service.block(
        session,
        project.company,
        by=manager,
        user_id=blocked.user_id,
        reason="Every one of the last eight answers was copied from the prompt, word by word.",
    )
    offer = make_offer(session, expert=working, project=project)
    offer.state = A.CLOSED
    session.flush()
    engaged = make_project(session)
    engagement = make_engagement(session, expert=working, project=engaged)
    engagement.project_id = project.id
    make_offer(session, expert=waiting, project=project)
    ruled.country = ""
    session.flush()
    assert set(listed(session, project)) == set(crowd)
    assert invite(session, project, manager, off, muted, blocked, working, waiting, ruled) == 0
    for mute in queries.mutes_of(session, muted.id).rows:
        service.unmute(session, mute)
    service.set_invitations(session, off, wanted=True)
    session.flush()
    assert set(listed(session, project)) == {*crowd, off, muted}


def test_the_best_fit_comes_first_and_says_why(session: Session, project: Project) -> None:
    far, near, named, proved, practised = (make_expert(session) for _ in range(5))
    session.add(ExpertSpecialty(expert=far, specialty="law", years=3))
    session.add(ExpertSpecialty(expert=near, specialty="medicine", years=3))
    session.add(ExpertSpecialty(expert=named, specialty="medicine.cardiology", years=3))
    for one in (proved, practised):
        make_credential(session, one, specialty="medicine.cardiology")
    session.add(
        Reputation(user=practised.user, task_type=project.task_type, approved_count=5_000, first_time_count=1)
    )
    session.flush()
    found = service.people_for(session, project, mark=None).page.rows
    assert [expert.id for expert, _ in found] == [one.id for one in (practised, proved, named, near, far)]
    assert [service.nearness(fit) for _, fit in found] == [
        "Proved in this field",
        "Proved in this field",
        "Names this field",
        "Near this field",
        "Another field",
    ]


def test_the_list_is_paged_by_fit(session: Session, project: Project) -> None:
    for number in range(30):
        expert = make_expert(session)
        if number % 3 == 0:
            session.add(ExpertSpecialty(expert=expert, specialty="medicine.cardiology", years=1))
    session.flush()
    first = service.people_for(session, project, mark=None).page
    second = service.people_for(session, project, mark=first.next_mark).page
    rows = [*first.rows, *second.rows]
    assert (len(first.rows), len(second.rows), second.next_mark) == (25, 5, None)
    assert len({expert.id for expert, _ in rows}) == 30
    assert [fit for _, fit in rows] == sorted((fit for _, fit in rows), reverse=True)


def test_fewer_than_five_are_not_named(
    session: Session, project: Project, crowd: list[Expert], manager: Member
) -> None:
    crowd[0].country = ""
    session.flush()
    found = service.people_for(session, project, mark=None)
    assert (found.is_few, list(found.page.rows)) == (True, [])
    assert "Fewer than 5" in found.sentence
    with pytest.raises(Conflict, match="nobody is named"):
        invite(session, project, manager, crowd[1])


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("Join us.", "at least 4 words"),
        ("word " * 100, "Shorten it"),
        ("Write to us at ada@example.org about this.", "contact details"),
    ],
)
def test_a_note_can_be_sent(
    session: Session, project: Project, manager: Member, note: str, said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        invite(session, project, manager, make_expert(session), note=note)


def test_who_may_invite(session: Session, project: Project, crowd: list[Expert]) -> None:
    for by in (
        make_member(session, project.company, role=MemberRole.VIEWER),
        make_member(session, make_company(session), role=MemberRole.OWNER),
    ):
        with pytest.raises(Forbidden):
            invite(session, project, by, crowd[0])


@pytest.mark.parametrize("state", ["draft", "paused", "closing"])
def test_only_open_projects_list_and_invite(session: Session, crowd: list[Expert], state: str) -> None:
    project = make_project(session, state=state)
    assert listed(session, project) == []
    with pytest.raises(Conflict):
        invite(session, project, make_member(session, project.company, role=MemberRole.OWNER), crowd[0])


def test_a_company_asks_so_many_a_day(
    session: Session, project: Project, crowd: list[Expert], manager: Member
) -> None:
    for _ in range(WORK.invitations_a_day - 1):
        session.add(
            ProjectInvitation(
                project=project,
                expert=make_expert(session),
                company_id=project.company_id,
                by_id=manager.user_id,
                note=NOTE,
                ends_at=clock.database_now(session) + STANDS,
            )
        )
    session.flush()
    with pytest.raises(TooManyInvitations, match="1 more person today"):
        invite(session, project, manager, crowd[0], crowd[1])
    assert invite(session, project, manager, crowd[0]) == 1
    with clock.shifted(timedelta(days=1, minutes=1)):
        assert service.left_today(session, project.company_id) == WORK.invitations_a_day


def test_two_members_ask_the_same_person_at_once(clean: Sessions) -> None:
    with transaction(clean) as session:
        project = make_project(session)
        people = [make_expert(session).id for _ in range(5)]
        members = [make_member(session, project.company, role=MemberRole.OWNER).user_id for _ in range(2)]
        project_id = project.id
    start, counts = threading.Barrier(2), []

    def act(user_id: uuid.UUID) -> None:
        start.wait()
        with transaction(clean) as session:
            by = companies.membership(session, user_id)
            job = projects.project(session, project_id)
            assert by is not None
            assert job is not None
            counts.append(service.invite(session, job, people[:1], by=by, note=NOTE))

    threads = [threading.Thread(target=act, args=(one,)) for one in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 1]
    with transaction(clean, write=False) as session:
        assert session.scalar(select(func.count()).select_from(ProjectInvitation)) == 1


def test_from_an_invitation_to_an_offer(
    session: Session, pages: Pages, project: Project, crowd: list[Expert]
) -> None:
    user = make_user(session, name="Grace Hidden", roles=[Role.EXPERT])
    expert = make_expert(session, user=user, headline="Reads hearts")
    owner, slug, key = make_owner(session, project.company), project.slug, project.id
    pages.enter(owner, "member")
    page = pages.get("applicants.people", project_id=key)
    assert "At least 5 experts fit" in page.text
    assert f"Expert {ids.code('E', expert.id)}" in page.text
    assert "Grace" not in page.answer.text
    form = {"chosen": str(expert.id), "note": NOTE}
    assert pages.post("applicants.invite", form, project_id=key).location.endswith("/invited")
    page = pages.get("applicants.invited", project_id=key)
    assert f"You wrote: {NOTE}" in page.text
    assert "Waiting" in page.text

    pages.enter(user, "expert")
    assert "Northwind Labs invites you to" in pages.get("home.show").text
    page = pages.get("jobs.job", slug=slug)
    assert "Northwind Labs invited you" in page.text
    assert NOTE in page.text
    (accept,) = [
        form.get("action") for form in page.all("form") if (form.get("action") or "").endswith("/accept")
    ]
    answer = pages.post(accept)
    assert "Your offer" in pages.get(answer.location).text
    assert "Accepted" in pages.get("applications.invitations").text
    assert "invites you to" not in " ".join(
        "".join(node.itertext())
        for node in pages.get("home.show").all("section")
        if node.get("aria-labelledby") == "invitations"
    )
    pages.enter(owner, "member")
    assert "Accepted" in pages.get("applicants.invited", project_id=key).text


def test_declining_and_turning_off(
    session: Session, pages: Pages, project: Project, crowd: list[Expert], manager: Member
) -> None:
    invite(session, project, manager, crowd[0])
    one = invited(session, crowd[0], project)
    pages.enter(crowd[0].user, "expert")
    assert pages.post("applications.decline_invitation", {"mute": "y"}, invitation_id=one.id).status == 303
    page = pages.get("applications.invitations")
    assert "No invitations from" in page.text
    mute = session.scalars(select(CompanyMute)).one()
    assert pages.post("applications.unmute", mute_id=mute.id).status == 303
    assert "No invitations from" not in pages.get("applications.invitations").text
    pages.post("applications.switch_invitations")
    assert "Nobody can invite you" in pages.get("applications.invitations").text
    pages.post("applications.switch_invitations", {"wanted": "y"})
    assert "Turn invitations off" in pages.get("applications.invitations").text


def test_bad_input_is_said_at_its_field(
    session: Session, pages: Pages, project: Project, crowd: list[Expert], manager: Member
) -> None:
    pages.enter(manager.user, "member")
    key = project.id
    for form, said in (
        ({"note": NOTE}, "Tick at least one person."),
        ({"chosen": str(crowd[0].id)}, "Write a sentence."),
        ({"chosen": str(crowd[0].id), "note": "Join us."}, "at least 4 words"),
        ({"chosen": "x", "note": NOTE}, "Tick at least one person."),
    ):
        answer = pages.post("applicants.invite", form, project_id=key)
        assert (answer.status, said in answer.errors()) == (422, True), said


def test_other_peoples_invitations_and_projects_are_not_found(
    session: Session, pages: Pages, project: Project, crowd: list[Expert], manager: Member
) -> None:
    invite(session, project, manager, crowd[0])
    one, stranger = invited(session, crowd[0], project), crowd[1].user
    other = make_owner(session, make_company(session))
    key, project_id = one.id, project.id
    pages.enter(stranger, "expert")
    assert pages.post("applications.accept_invitation", invitation_id=key).status == 404
    assert pages.post("applications.decline_invitation", invitation_id=key).status == 404
    assert pages.post("applications.unmute", mute_id=key).status == 404
    pages.enter(other, "member")
    for endpoint in ("applicants.people", "applicants.invited"):
        assert pages.get(endpoint, project_id=project_id).status == 404
    assert pages.post("applicants.invite", {"note": NOTE}, project_id=project_id).status == 404


def test_pages_cost_the_same_for_few_and_for_many(
    session: Session, pages: Pages, project: Project, manager: Member, statements: Callable[[], int]
) -> None:
    user, key = manager.user, project.id
    counts = []
    for number in (5, 12):
        people = [make_expert(session, tier="licensed") for _ in range(number)]
        invite(session, project, manager, *people[:1])
        invite(session, project, manager, *people[1:3])
        session.flush()
        pages.enter(user, "member")
        cost = []
        for endpoint in ("applicants.people", "applicants.invited"):
            statements()
            assert pages.get(endpoint, project_id=key).status == 200
            cost.append(statements())
        counts.append(cost)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 16


def test_an_invitation_to_a_screened_job_promises_no_choice(
    session: Session, pages: Pages, project: Project, crowd: list[Expert], manager: Member
) -> None:
    invite(session, project, manager, crowd[0])
    session.flush()
    pages.enter(crowd[0].user, "expert")
    assert "you are chosen already" in pages.get("jobs.job", slug=project.slug).text
    make_screening_plan(session, project, keyed=1)
    assert "you are chosen already" not in pages.get("jobs.job", slug=project.slug).text


def test_who_was_refused_or_declined_lately_is_left_in_peace(
    session: Session, project: Project, crowd: list[Expert], manager: Member
) -> None:
    refused, declined = crowd[:2]
    waits = service.apply(session, expert=refused, project=project)
    said = service.apply(session, expert=declined, project=project)
    session.flush()
    sentence = "We needed people who read scans every day."
    service.refuse(session, project, [waits.id], by=manager, code=next(iter(REASONS)), sentence=sentence)
    service.choose(session, project, [said.id], by=manager)
    service.decline(session, said, expert=declined)
    session.flush()
    assert set(listed(session, project)) == set(crowd[2:])
    assert invite(session, project, manager, refused, declined) == 0
    with clock.shifted(timedelta(days=WORK.retry_days, minutes=1)):
        assert set(listed(session, project)) == set(crowd)
