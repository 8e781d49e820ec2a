"""Who sees which job first, and why: text, then pay, then the newest; paged by key."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.experts import service as experts
from marketplace.experts.models import CredentialKind, Expert
from marketplace.kit import ids
from marketplace.kit.errors import NotFound
from marketplace.matching import service
from marketplace.matching.models import DocumentKind, SearchDocument
from marketplace.matching.service import ranking
from marketplace.projects import service as projects
from marketplace.projects.models import Project, ProjectState
from tests.factories.experts import make_credential, make_expert
from tests.factories.identity import make_user
from tests.factories.projects import make_project

K = DocumentKind
OPEN = select(Project.id).where(Project.state == ProjectState.OPEN)


@pytest.fixture
def cardiologist(session: Session) -> Expert:
    expert = make_expert(session, headline="Cardiologist in a hospital", specialty="medicine.cardiology")
    make_credential(
        session,
        expert,
        kind=CredentialKind.CERTIFICATE,
        specialty="medicine.cardiology",
        title="Echocardiography",
    )
    experts.set_specialties(session, expert, years={"medicine.cardiology": 9})
    return expert


def board(session: Session) -> dict[str, Project]:
    heart = make_project(session, title="Judge echocardiography reports", specialty="medicine.cardiology")
    drugs = make_project(session, title="Rank answers about medicines", specialty="medicine.pharmacy")
    poor = make_project(session, title="Compare recipes for bread", specialty="general.cooking")
    rich = make_project(session, title="Correct contract clauses", specialty="law.contracts", tier="licensed")
    return {"heart": heart, "drugs": drugs, "poor": poor, "rich": rich}


def order(session: Session, expert: Expert, jobs: dict[str, Project]) -> list[str]:
    names = {project.id: name for name, project in jobs.items()}
    return [names[one.project_id] for one in ranking.rank(session, expert, within=OPEN).rows]


@pytest.mark.parametrize("fitted", [False, True])
def test_text_comes_first_then_pay(
    session: Session,
    cardiologist: Expert,
    work: Callable[[], None],
    night: Callable[[], None],
    fitted: bool,
) -> None:
    jobs = board(session)
    work()
    if fitted:
        night()
    assert order(session, cardiologist, jobs)[0] == "heart"
    last = order(session, cardiologist, jobs)[-2:]
    assert last == ["rich", "poor"]
    first = ranking.rank(session, cardiologist, within=OPEN).rows[0]
    assert first.reason in {
        "Matches your “Echocardiography” certificate",
        "Matches your field Cardiology",
        "Matches your profile: “Cardiologist in a hospital”",
    }


def test_a_reason_names_the_text_that_matched(
    session: Session, work: Callable[[], None], night: Callable[[], None]
) -> None:
    expert = make_expert(session, headline="")
    make_credential(
        session,
        expert,
        kind=CredentialKind.CERTIFICATE,
        specialty="science.physics",
        title="Echocardiography",
    )
    jobs = board(session)
    experts.set_specialties(session, expert, years={"general.cooking": 3})
    work()
    night()
    told = {one.project_id: one.reason for one in ranking.rank(session, expert, within=OPEN).rows}
    assert told[jobs["heart"].id] == "Matches your “Echocardiography” certificate"
    assert told[jobs["poor"].id] == "Matches your field Cooking and gastronomy"
    assert told[jobs["rich"].id] == ""


def test_what_is_not_within_never_appears(
    session: Session, cardiologist: Expert, work: Callable[[], None]
) -> None:
    jobs = board(session)
    work()
    rows = ranking.rank(session, cardiologist, within=[jobs["poor"].id, ids.new_id()]).rows
    assert [one.project_id for one in rows] == [jobs["poor"].id]
    assert ranking.rank(session, cardiologist, within=[]).rows == []
    assert ranking.search(session, "echocardiography", within=[jobs["poor"].id]).rows == []


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_pages_neither_repeat_nor_lose_a_job(
    session: Session, cardiologist: Expert, work: Callable[[], None], size: int
) -> None:
    jobs = board(session)
    for number in range(3):
        twin = make_project(session, title=f"Compare stews {number}", specialty="general.cooking")
        jobs[f"twin {number}"] = twin
    work()
    seen, mark = [], None
    for _ in range(20):
        page = ranking.rank(session, cardiologist, within=OPEN, mark=mark, size=size)
        assert len(page.rows) <= size
        seen += [one.project_id for one in page.rows]
        mark = page.next_mark
        if mark is None:
            break
    whole = [one.project_id for one in ranking.rank(session, cardiologist, within=OPEN, size=50).rows]
    assert seen == whole
    assert set(whole) == {project.id for project in jobs.values()}


@pytest.mark.parametrize("mark", ["x", "r.x", "e30", "W10", "r.e30", "bnVsbA"])
def test_a_mark_that_is_not_ours_is_not_found(session: Session, cardiologist: Expert, mark: str) -> None:
    with pytest.raises(NotFound):
        ranking.rank(session, cardiologist, within=OPEN, mark=mark)


def test_the_cost_does_not_grow_with_the_board(
    session: Session,
    cardiologist: Expert,
    work: Callable[[], None],
    night: Callable[[], None],
    statements: Callable[[], int],
) -> None:
    board(session)
    work()
    night()
    counts = []
    for _ in range(2):
        ranking.rank(session, cardiologist, within=OPEN)
        statements()
        ranking.rank(session, cardiologist, within=OPEN)
        counts.append(statements())
        for number in range(4):
            make_project(session, title=f"Judge heart sounds {number}", specialty="medicine.cardiology")
        work()
    counted = 0 if session.get_bind().dialect.name == "sqlite" else 1  # BM25 asks for its counts first
    assert counts[0] == counts[1] <= 8 + counted


def test_an_expert_who_says_nothing_sees_the_best_paid_first(
    session: Session, work: Callable[[], None]
) -> None:
    expert = make_expert(session, headline="")
    jobs = board(session)
    work()
    assert order(session, expert, jobs)[0] == "rich"
    assert {one.fit for one in ranking.rank(session, expert, within=OPEN).rows} == {0}


def test_the_index_follows_what_changes(
    session: Session, cardiologist: Expert, work: Callable[[], None]
) -> None:
    project = make_project(session, title="Judge heart sounds")
    work()
    assert _titles(session, K.PROJECT) == {"Judge heart sounds"}
    assert _titles(session, K.CREDENTIAL) == {"Echocardiography"}
    experts.set_specialties(session, cardiologist, years={"law.tax": 1})
    work()
    assert _titles(session, K.FIELD) == {"Tax law"}
    projects.finish(session, project, by=make_user(session))
    work()
    assert _titles(session, K.PROJECT) == set()


def test_approved_work_speaks_for_similar_jobs(
    session: Session, work: Callable[[], None], night: Callable[[], None]
) -> None:
    expert = make_expert(session, headline="")
    done = make_project(session, title="Judge recordings of birds", specialty="science.biology")
    for _ in range(2):
        service.work_approved(session, user_id=expert.user_id, project_id=done.id)
    next_one = make_project(session, title="Transcribe recordings of birds", specialty="science.biology")
    work()
    night()
    told = {one.project_id: one.reason for one in ranking.rank(session, expert, within=OPEN).rows}
    assert told[next_one.id] == "Matches your work on “Judge recordings of birds”"


def test_the_night_finds_what_no_message_told_of(
    session: Session, cardiologist: Expert, night: Callable[[], None]
) -> None:
    make_project(session, title="Judge heart sounds")
    night()
    night()
    assert _titles(session, K.PROJECT) == {"Judge heart sounds"}
    assert "Echocardiography" in _titles(session, K.CREDENTIAL)
    numbers = set(
        session.scalars(select(SearchDocument.vector_model).where(SearchDocument.kind == K.PROJECT))
    )
    assert numbers == {2}


def test_a_search_without_a_common_word_still_finds_what_is_spelled_alike(
    session: Session, work: Callable[[], None], night: Callable[[], None]
) -> None:
    jobs = board(session)
    work()
    night()
    near = ranking.search(session, "ecocardiografy", within=OPEN).rows
    assert near[0].project_id == jobs["heart"].id
    assert near[0].reason == "Spelled like what you searched for."
    begun = ranking.search(session, "echocardiog", within=OPEN).rows
    assert (begun[0].project_id, begun[0].reason) == (jobs["heart"].id, "")
    assert ranking.search(session, "xylophone quartz", within=OPEN).rows == []


def _titles(session: Session, kind: DocumentKind) -> set[str]:
    return set(session.scalars(select(SearchDocument.title).where(SearchDocument.kind == kind)))
