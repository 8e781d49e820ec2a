from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.kit import clock
from marketplace.kit.errors import NotFound
from marketplace.projects import queries, service
from marketplace.projects.models import Project
from marketplace.projects.queries import AGREED, HARMLESS, Filters, Looking
from tests.factories.companies import make_company
from tests.factories.projects import make_project


@pytest.fixture
def jobs(session: Session) -> dict[str, Project]:
    """Four jobs that differ in everything one can look for."""
    company = make_company(session, name="Häldén Health")
    said: dict[str, Any] = {"summary": "Say what you think of it and why.", "wanted": 50}
    return {
        "rank": make_project(
            session, title="Rank answers on drugs", specialty="medicine.cardiology", tier="licensed", **said
        ),
        "edit": make_project(
            session,
            company=company,
            title="Write the ideal letter",
            specialty="medicine",
            tier="specialist",
            task_type="golden_response",
            minutes=25,
            options={},
            **said,
        ),
        "code": make_project(
            session, title="Rate 100% of my_code", specialty="software.python", tier="professional", **said
        ),
        "german": make_project(session, title="Antworten ordnen", specialty="general", language="de", **said),
    }


def found(session: Session, filters: Filters = Filters()) -> list[str]:  # noqa: B008 - frozen
    page = queries.board(session, filters, clock.database_now(session), mark=None)
    return [project.title.split()[0] for project, _ in page.rows]


def test_the_newest_is_first_and_the_best_paid_when_asked(session: Session, jobs: dict[str, Project]) -> None:
    assert found(session) == ["Antworten", "Rate", "Write", "Rank"]
    assert found(session, Filters(by_pay=True)) == ["Rank", "Rate", "Write", "Antworten"]


def test_words_find_what_the_index_says_and_nothing_without_it(
    session: Session, jobs: dict[str, Project]
) -> None:
    now, asked = clock.database_now(session), Filters(words=("letter",))
    assert found(session, asked) == []
    assert queries.facets(session, asked, now).total == 0
    looking = Looking(words=Project.title.contains("letter"))
    page = queries.board(session, asked, now, mark=None, looking=looking)
    assert [project.title for project, _ in page.rows] == ["Write the ideal letter"]
    facet = queries.facets(session, asked, now, looking=looking)
    assert (facet.total, facet.without("words")) == (1, 4)
    assert found(session, Filters(eligible=True, content=AGREED)) == found(session), "nobody is asked"


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        (Filters(specialties=("medicine",)), ["Write", "Rank"]),
        (Filters(specialties=("medicine.cardiology",)), ["Rank"]),
        (Filters(specialties=("medicine.cardiology", "software")), ["Rate", "Rank"]),
        (Filters(specialties=("medicin",)), []),
        (Filters(task_types=("golden_response",)), ["Write"]),
        (Filters(tiers=("licensed", "professional")), ["Rate", "Rank"]),
        (Filters(languages=("de",)), ["Antworten"]),
        (Filters(min_hourly_minor=9_500), ["Rate", "Rank"]),
        (Filters(max_minutes=24), ["Antworten", "Rate", "Rank"]),
        (Filters(min_funded=2), ["Antworten", "Rate", "Write", "Rank"]),
        (Filters(min_funded=9_999), []),
        (Filters(content=HARMLESS), ["Antworten", "Rate", "Write", "Rank"]),
        (Filters(max_minutes=25, min_hourly_minor=6_000, specialties=("medicine",)), ["Write", "Rank"]),
    ],
)
def test_filters(session: Session, jobs: dict[str, Project], filters: Filters, titles: list[str]) -> None:
    assert found(session, filters) == titles


def test_counts_leave_their_own_filter_out(session: Session, jobs: dict[str, Project]) -> None:
    now = clock.database_now(session)
    facet = queries.facets(
        session, Filters(specialties=("medicine",), tiers=("licensed",)), now, rates=(6_000, 13_000)
    )
    assert facet.total == 1
    assert facet.count("specialty", "medicine") == 1
    assert facet.count("specialty", "software") == 0
    assert facet.count("tier", "specialist") == 1
    assert facet.count("tier", "licensed") == 1
    assert facet.count("tier", "licensed", "specialist") == facet.without("tier") == 2
    assert facet.count("specialty", "medicine", "medicine.cardiology") == 1
    assert facet.without("specialty") == 1
    bare = queries.facets(session, Filters(), now, rates=(6_000, 13_000), funded=(1, 9_999))
    assert bare.total == 4
    assert [bare.count("specialty", name) for name in ("medicine", "medicine.cardiology", "software")] == [
        2,
        1,
        1,
    ]
    assert [bare.values[("hour", str(rate))] for rate in (6_000, 13_000)] == [3, 1]
    assert [bare.count("funded", tasks) for tasks in ("1", "9999")] == [4, 0]
    assert (bare.count("content", HARMLESS), bare.count("eligible", "yes")) == (4, 0)
    assert (bare.without("hour"), bare.without("minutes"), bare.without("words")) == (4, 4, 4)
    none = queries.facets(session, Filters(min_hourly_minor=13_000, max_minutes=1), now)
    assert (none.total, none.without("hour"), none.without("minutes")) == (0, 0, 1)


def test_only_open_funded_jobs_before_their_end_are_listed(session: Session) -> None:
    make_project(session, title="Paused for now", state="paused")
    make_project(session, title="Awaiting its funds", state="awaiting_funds")
    make_project(session, title="Closing very soon", state="closing")
    empty = make_project(session, title="Empty of money", budget_minor=280)
    service.defund(session, empty)
    make_project(session, title="Listed as it is")
    assert found(session) == ["Listed"]
    with clock.shifted(timedelta(days=WORK.project_days + 1)):
        assert found(session) == []
        assert queries.facets(session, Filters(), clock.database_now(session)).total == 0


def test_pages_neither_repeat_nor_lose_a_job(session: Session) -> None:
    company = make_company(session)
    made = {make_project(session, company=company, budget_minor=280).id for _ in range(28)}
    now = clock.database_now(session)
    for filters in (Filters(), Filters(by_pay=True)):
        first = queries.board(session, filters, now, mark=None)
        second = queries.board(session, filters, now, mark=first.next_mark)
        ids = [project.id for page in (first, second) for project, _ in page.rows]
        assert (len(ids), set(ids), second.next_mark) == (28, made, None)
        with pytest.raises(NotFound):
            queries.board(session, filters, now, mark="bm9uc2Vuc2U")


def test_similar_jobs_are_of_the_field_or_the_kind(session: Session, jobs: dict[str, Project]) -> None:
    now = clock.database_now(session)
    alike = [project.title.split()[0] for project, _ in queries.similar(session, jobs["edit"], now)]
    assert alike == ["Rank"]
    assert [row[0].id for row in queries.newest(session, now, at_most=2)] == [
        jobs["german"].id,
        jobs["code"].id,
    ]


def test_the_board_costs_two_statements_however_many_jobs(
    session: Session, statements: Callable[[], int]
) -> None:
    company = make_company(session)
    counts = []
    for number in (2, 9):
        for _ in range(number):
            make_project(session, company=company, budget_minor=280)
        session.expire_all()
        statements()
        now = clock.database_now(session)
        page = queries.board(session, Filters(), now, mark=None)
        assert [project.company.name for project, _ in page.rows]
        queries.facets(session, Filters(min_funded=2), now, rates=(6_000,))
        counts.append(statements())
    assert counts[0] == counts[1] <= 3  # one of them may be the database's clock


def test_another_members_project_is_not_found(session: Session) -> None:
    project = make_project(session)
    stranger = make_company(session)
    member = next(iter(queries.member_user_ids(session, stranger.id)))
    assert queries.for_member(session, member, project.id) is None
    own = next(iter(queries.member_user_ids(session, project.company_id)))
    mine = queries.for_member(session, own, project.id, locked=True)
    assert mine is not None
    assert mine.company.name == "Northwind Labs"


@pytest.mark.parametrize("state", ["draft", "in_check", "awaiting_funds"])
def test_what_never_opened_has_no_public_page(session: Session, state: str) -> None:
    assert queries.by_slug_public(session, make_project(session, state=state).slug) is None
    assert queries.by_slug_public(session, make_project(session, state="paused").slug) is not None
