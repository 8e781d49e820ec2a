"""The order “Best fit”: what an expert can start now, each with its reason, at a constant cost."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from tests.factories.experts import make_expert
from tests.factories.projects import make_project
from tests.pages import Page, Pages


def titles(page: Page) -> list[str]:
    return ["".join(node.itertext()) for node in page.all("h2") if node.get("class") == "job-title"]


def test_best_fit_shows_what_can_be_started_now(pages: Pages, session: Session) -> None:
    make_project(session, title="Licensed work", specialty="medicine", tier="licensed")
    make_project(session, title="Work for all")
    expert = make_expert(session)
    mine = pages.enter(expert.user, "expert")
    assert set(titles(mine.get("jobs.board"))) == {"Licensed work", "Work for all"}
    page = mine.get("jobs.board", sort="fit")
    assert titles(page) == ["Work for all"]
    assert "1 job you can start now" in page.text
    none = mine.get("jobs.board", sort="fit", tier="licensed").text
    assert "Nothing here that you can start now" in none
    assert "Without I can start now: 1 job" in none
    assert "Without Licensed: 1 job" in none
    assert mine.get("jobs.board", sort="fit", after="nonsense").status == 404


def test_a_visitor_has_no_fit(pages: Pages, session: Session) -> None:
    make_project(session, title="Work for all")
    page = pages.get("jobs.board", sort="fit")
    assert titles(page) == ["Work for all"]
    assert "Best fit" not in page.text


def test_best_fit_costs_the_same_however_long(
    pages: Pages, session: Session, statements: Callable[[], int]
) -> None:
    mine = pages.enter(make_expert(session).user, "expert")
    counts = []
    for _ in range(2):
        for _ in range(3):
            make_project(session)
        mine.get("jobs.board", sort="fit")
        statements()
        mine.get("jobs.board", sort="fit")
        counts.append(statements())
    assert counts[0] == counts[1]
