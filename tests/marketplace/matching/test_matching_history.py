"""Work and education, as an expert tells them, are documents that speak for jobs."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.experts import queries, service
from marketplace.experts.models import Expert, HistoryEntry, HistoryKind
from marketplace.experts.service import Told
from marketplace.kit import ids
from marketplace.matching.models import DocumentKind, SearchDocument
from marketplace.matching.service import ranking
from marketplace.projects.models import Project, ProjectState
from tests.factories.experts import make_expert
from tests.factories.projects import make_project

OPEN = select(Project.id).where(Project.state == ProjectState.OPEN)


def told(title: str, kind: HistoryKind = HistoryKind.WORK, about: str = "") -> Told:
    return Told(kind=kind, title=title, place="Heart Jobs Ltd", began_on=date(2019, 3, 1), about=about)


def entry_of(session: Session, expert: Expert, title: str) -> HistoryEntry:
    found = [one for one in queries.history_of(session, expert.id) if one.title == title]
    entry = queries.history_entry_of(session, expert.user_id, found[0].id)
    assert entry is not None
    return entry


def titles(session: Session) -> set[str]:
    return set(
        session.scalars(select(SearchDocument.title).where(SearchDocument.kind == DocumentKind.HISTORY))
    )


@pytest.mark.parametrize(
    ("kind", "said"), [(HistoryKind.WORK, "work history"), (HistoryKind.STUDY, "education history")]
)
def test_history_speaks_for_jobs_and_says_so(
    session: Session, work: Callable[[], None], kind: HistoryKind, said: str
) -> None:
    expert = make_expert(session, headline="")
    service.add_history(session, expert, told=told("Echocardiography", kind), form_key=ids.new_id())
    fits = make_project(session, title="Judge echocardiography reports", specialty="general")
    make_project(session, title="Correct clauses", specialty="general", tier="licensed")
    work()
    first = ranking.rank(session, expert, within=OPEN).rows[0]
    assert first.project_id == fits.id
    assert first.reason == f"Matches “Echocardiography” in your {said}"


def test_the_index_follows_every_change(session: Session, work: Callable[[], None]) -> None:
    expert = make_expert(session, headline="")
    for title in ("Ward doctor", "Night porter"):
        service.add_history(session, expert, told=told(title), form_key=ids.new_id())
    work()
    assert titles(session) == {"Ward doctor", "Night porter"}
    service.change_history(session, entry_of(session, expert, "Night porter"), told=told("Porter"))
    service.remove_history(session, entry_of(session, expert, "Ward doctor"))
    work()
    assert titles(session) == {"Porter"}


def test_an_employer_is_no_word_to_search_by(session: Session, work: Callable[[], None]) -> None:
    expert = make_expert(session, headline="")
    service.add_history(session, expert, told=told("Accountant"), form_key=ids.new_id())
    make_project(session, title="Judge heart sounds", specialty="general")
    work()
    assert {one.fit for one in ranking.rank(session, expert, within=OPEN).rows} == {0}


def test_the_night_finds_history_no_message_told_of(session: Session, night: Callable[[], None]) -> None:
    expert = make_expert(session, headline="")
    session.add(
        HistoryEntry(
            expert=expert, kind=HistoryKind.WORK, title="Ward doctor", place="A", began_on=date(2019, 3, 1)
        )
    )
    night()
    assert titles(session) == {"Ward doctor"}
