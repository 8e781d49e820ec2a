"""Versions of a guideline: compared clause by clause, shown as pages; a new one binds only later claims."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from marketplace.companies.models import Company
from marketplace.projects import queries, service
from marketplace.projects.policy import ClauseText
from marketplace.projects.service import changed, compare
from tests.factories.projects import CLAUSES, make_owner, make_project
from tests.factories.queue import make_assignment, make_tasks
from tests.pages import Pages


@dataclass(frozen=True)
class Clause:
    number: int
    title: str
    text: str
    good: str = ""
    bad: str = ""


def guide(*titled: tuple[str, str]) -> list[Clause]:
    return [Clause(number, title, text) for number, (title, text) in enumerate(titled, 1)]


RIGHT = ("Be right", "Every claim can be checked.")
CLEAR = ("Be clear", "Write for a careful reader.")
SHORT = ("Be short", "Two sentences are enough.")


def kinds(old: list[Clause], new: list[Clause]) -> list[tuple[str, int, int | None]]:
    return [(change.kind, change.number, change.before) for change in compare(old, new)]


def test_clauses_are_found_again_by_title_and_by_text() -> None:
    old = guide(RIGHT, CLEAR)
    assert kinds(old, old) == [("same", 1, 1), ("same", 2, 2)]
    assert kinds(old, guide(SHORT, *[RIGHT, CLEAR])) == [("added", 1, None), ("moved", 2, 1), ("moved", 3, 2)]
    assert kinds(old, guide(RIGHT)) == [("same", 1, 1), ("removed", 2, 2)]
    assert kinds(old, guide(CLEAR)) == [("removed", 1, 1), ("moved", 1, 2)]
    assert kinds(old, guide(RIGHT, ("Be plain", "Write for a careful reader, always."))) == [
        ("same", 1, 1),
        ("changed", 2, 2),
    ]
    assert kinds([], old) == [("added", 1, None), ("added", 2, None)]


def test_only_other_words_are_a_change() -> None:
    assert not changed(compare(guide(RIGHT, CLEAR), guide(CLEAR, RIGHT)))
    assert changed(compare(guide(RIGHT), guide(RIGHT, CLEAR)))


CLAUSE_LISTS = st.lists(
    st.tuples(st.text(max_size=8), st.text(max_size=30)),
    max_size=6,
    unique_by=lambda pair: pair[0].casefold(),
)


@given(old=CLAUSE_LISTS, new=CLAUSE_LISTS)
def test_every_clause_of_both_versions_stands_there_once(old, new) -> None:
    changes = compare(guide(*old), guide(*new))
    assert [c.number for c in changes if c.kind != "removed"] == list(range(1, len(new) + 1))
    old_numbers = [change.before for change in changes if change.before is not None]
    assert sorted(old_numbers) == list(range(1, len(old) + 1))


# --- pages -----------------------------------------------------------------------------------------------------

CHANGED = (
    ClauseText("Be right", "Every claim and figure can be checked.", "It names its source.", "It guesses."),
    ClauseText("Be short", "Two sentences are enough."),
)


def publish(session: Session, project, clauses=CHANGED):
    by = make_owner(session, session.get_one(Company, project.company_id))
    version = service.save_guideline(session, project, clauses, by=by, publish_now=True)
    session.flush()
    return version


def test_a_new_version_binds_only_later_claims(pages: Pages, session: Session) -> None:
    assignment = make_assignment(session, tasks=4)
    frozen, user = assignment.guideline_id, assignment.expert.user
    publish(session, assignment.project)
    session.refresh(assignment, ["guideline_id"])
    assert assignment.guideline_id == frozen
    pages.enter(user)
    page = pages.get("submissions.work", assignment_id=assignment.id)
    assert "Every claim can be checked." in page.text
    assert "Every claim and figure" not in page.text
    assert "a newer version, v2" in page.text
    assert "this one is judged by v1" in page.text
    later = make_assignment(session, project=assignment.project)
    assert later.guideline.number == 2
    pages.enter(later.expert.user)
    page = pages.get("submissions.work", assignment_id=later.id)
    assert "Every claim and figure" in page.text
    assert "v2, changed" in page.text
    assert "see what changed" in page.text
    assert "newer version" not in page.text


def test_what_changed_is_underlined_and_struck_on_its_page(pages: Pages, session: Session) -> None:
    project = make_project(session)
    make_tasks(session, project)
    publish(session, project)
    page = pages.get("jobs.guideline", slug=project.slug)
    news, gone = (["".join(node.itertext()) for node in page.all(tag)] for tag in ("ins", "del"))
    assert " and figure" in news
    assert "Be short" in news
    assert "Be clear" in gone
    for text in ("What changed since version 1", "New", "Gone", "Changed"):
        assert text in page.text
    first = pages.get("jobs.guideline", slug=project.slug, version=1)
    assert not first.all("ins")
    assert CLAUSES[1].text in first.text
    assert "In force" in first.text


def test_versions_that_are_none_fall_back_and_drafts_stay_hidden(pages: Pages, session: Session) -> None:
    project = make_project(session)
    by = make_owner(session, session.get_one(Company, project.company_id))
    service.save_guideline(session, project, CHANGED, by=by)
    session.flush()
    for number in ("2", "99", "x", "-1", "9" * 30):
        page = pages.get(f"/jobs/{project.slug}/guideline?version={number}&since={number}")
        assert page.status == 200
        assert "version 1" in page.text
        assert "figure" not in page.text
    assert queries.draft_guideline(session, project.id) is not None
    assert pages.get("jobs.guideline", slug="no-such-job").status == 404
    draft = make_project(session, state="draft")
    assert pages.get("jobs.guideline", slug=draft.slug).status == 404


def test_the_company_reads_what_changed_too(pages: Pages, session: Session) -> None:
    project = make_project(session)
    publish(session, project)
    pages.enter(make_owner(session, session.get_one(Company, project.company_id)))
    page = pages.get("projects.guideline_version", project_id=project.id, number=2)
    assert "See what changed since version 1" in page.text
    page = pages.get("projects.guideline_version", project_id=project.id, number=2, since=1)
    assert "What changed since version 1" in page.text
    assert page.all("ins")
