"""Search and filters of the board: one meaning on the page, in counts, feed, saved searches and letters."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.applications import service
from marketplace.applications.models import Rhythm
from marketplace.applications.policy import kept_filters
from marketplace.companies import service as company_service
from marketplace.companies.models import MemberRole
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.notifications.models import Notice
from marketplace.outbox.service import Handlers, run_all
from marketplace.projects.models import Project
from marketplace.projects.queries import Filters
from tests.factories.care import SENSITIVE, agree
from tests.factories.companies import make_member
from tests.factories.experts import make_expert
from tests.factories.projects import make_project
from tests.factories.texts import index, refit
from tests.pages import Page, Pages


@pytest.fixture
def jobs(session: Session) -> dict[str, Project]:
    made = {
        "heart": make_project(
            session, title="Judge heart rhythms", specialty="medicine.cardiology", tier="licensed", wanted=500
        ),
        "law": make_project(session, title="Contract clauses", specialty="law", minutes=30, wanted=500),
        "hurt": make_project(
            session, title="Sonnets about violence", specialty="general", wanted=500, **SENSITIVE
        ),
        "cheap": make_project(
            session, title="Order short sonnets", specialty="general", budget_minor=560, wanted=500
        ),
    }
    index(session, *made.values())
    return made


@pytest.mark.parametrize("words", ["doctor", "physician", "lawyer", "attorney"])
def test_everyday_words_for_a_field_find_the_jobs_below_it(
    pages: Pages, jobs: dict[str, Project], words: str
) -> None:
    wanted = "law" if words in {"lawyer", "attorney"} else "heart"
    assert titles(pages.get(f"/jobs?q={words}")) == [jobs[wanted].title]


@pytest.fixture
def night(app: Application, session: Session) -> None:
    """A model of spelling, as after the first night."""
    session.commit()
    refit(app.sessions)
    session.expire_all()


def titles(page: Page) -> list[str]:
    return ["".join(node.itertext()) for node in page.all("h2") if node.get("class") == "job-title"]


def total(page: Page) -> int:
    found = re.search(r"(\d+) jobs?\b", page.text)
    assert found
    return int(found.group(1))


def options(page: Page) -> dict[tuple[str, str], int]:
    """What each control of the filters says it would give."""
    found = {}
    for label in page.all("label"):
        box = next((node for node in label if node.tag.endswith("input")), None)
        said = [node.text for node in label if node.get("class") == "n"]
        if box is not None and said and not box.get("checked"):
            found[box.get("name"), box.get("value")] = int(said[0].replace(",", ""))
    return found


@pytest.mark.parametrize(
    "case",
    [
        ("heart", "Judge heart rhythms"),
        ("judge hea", "Judge heart rhythms"),
        ("cardiology", "Judge heart rhythms"),
        ("CONTRACTS", "Contract clauses"),
        ("contrakt clauzes", "Contract clauses"),
        ("heart rhytms", "Judge heart rhythms"),
    ],
)
def test_words_find_jobs_though_misspelled_or_unfinished(
    pages: Pages, session: Session, jobs: dict[str, Project], night: None, case: tuple[str, str]
) -> None:
    words, first = case
    page = pages.get("jobs.board", q=words)
    assert titles(page)[0] == first
    assert total(page) == len(titles(page))
    expert = pages.enter(make_expert(session).user, "expert")
    assert titles(expert.get("jobs.board", q=words))[0] == first


def test_before_the_first_night_words_alone_find(pages: Pages, jobs: dict[str, Project]) -> None:
    assert titles(pages.get("jobs.board", q="heart")) == ["Judge heart rhythms"]
    assert titles(pages.get("jobs.board", q="zzzz")) == []


def test_words_go_with_every_filter_and_order(
    pages: Pages, session: Session, jobs: dict[str, Project]
) -> None:
    assert titles(pages.get("jobs.board", q="sonnets", content="none")) == ["Order short sonnets"]
    assert set(titles(pages.get("jobs.board", q="sonnets"))) == {
        "Order short sonnets",
        "Sonnets about violence",
    }
    newest = titles(pages.get("jobs.board", q="sonnets", sort="newest"))
    assert newest == ["Order short sonnets", "Sonnets about violence"]
    assert titles(pages.get("jobs.board", q="sonnets", sort="pay", min_funded="10")) == [
        "Sonnets about violence"
    ]


def test_words_that_say_nothing_are_told_so(pages: Pages, jobs: dict[str, Project]) -> None:
    for words in ("the of", "?!", "_"):
        page = pages.get("jobs.board", q=words)
        assert f"“{words}” is too little to search for" in page.text
        assert f"Without “{words}”: 4 jobs" in page.text
        assert titles(page) == []
    assert len(titles(pages.get("jobs.board", q="  "))) == 4


def test_each_control_gives_what_its_number_says(
    pages: Pages, session: Session, jobs: dict[str, Project]
) -> None:
    expert = make_expert(session, tier="licensed", specialty="medicine")
    agree(session, expert.user, *SENSITIVE["content_classes"])
    mine = pages.enter(expert.user, "expert")
    asked: tuple[dict[str, str], ...] = (
        {},
        {"q": "sonnets judge"},
        {"specialty": "general"},
        {"content": "none"},
        {"eligible": "yes"},
    )
    for chosen in asked:
        said = options(mine.get("jobs.board", **chosen))
        assert {("eligible", "yes"), ("content", "none"), ("content", "agreed"), ("min_funded", "10")} - {
            (name, value) for name, value in chosen.items()
        } <= said.keys()
        for (name, value), count in said.items():
            if name in chosen and name in {"specialty", "type", "tier", "language"}:
                continue  # several values of these add up
            page = mine.get("jobs.board", **{**chosen, name: value})
            assert len(titles(page)) == count, (chosen, name, value)


def test_what_each_removed_filter_would_give_is_what_it_gives(
    pages: Pages, session: Session, jobs: dict[str, Project]
) -> None:
    mine = pages.enter(make_expert(session).user, "expert")
    page = mine.get(
        "jobs.board", q="heart", content="agreed", eligible="yes", min_funded="1000", max_minutes="1"
    )
    assert "Nothing here that you can start now" in page.text
    links = [node for node in page.all("a") if "".join(node.itertext()).startswith("Without ")]
    assert len(links) == 5
    for link in links:
        said = re.search(r": (\d+) jobs?$", "".join(link.itertext()))
        assert said
        assert len(titles(mine.get(link.get("href")))) == int(said.group(1))


def test_what_is_about_a_person_is_not_asked_of_a_visitor(pages: Pages, jobs: dict[str, Project]) -> None:
    page = pages.get("jobs.board", eligible="yes", content="agreed")
    assert len(titles(page)) == 4
    assert {name for name, _ in options(page)} & {"eligible"} == set()
    assert "I agreed to" not in page.text


def test_only_sensitive_content_that_was_agreed_to(
    pages: Pages, session: Session, jobs: dict[str, Project]
) -> None:
    expert = make_expert(session)
    mine = pages.enter(expert.user, "expert")
    assert titles(mine.get("jobs.board", content="agreed")) == []
    agree(session, expert.user, *SENSITIVE["content_classes"])
    assert titles(mine.get("jobs.board", content="agreed")) == ["Sonnets about violence"]


def test_addresses_for_everybody_say_what_everybody_sees(
    pages: Pages, session: Session, jobs: dict[str, Project]
) -> None:
    mine = pages.enter(make_expert(session).user, "expert")
    text = mine.get("jobs.board", content="none", min_funded="100", eligible="yes").answer.text
    assert 'rel="canonical" href="http' in text
    assert '/jobs?min_funded=100&amp;content=none"' in text
    assert '/jobs.atom?min_funded=100&amp;content=none"' in text
    feed = pages.get("jobs.feed", content="none", q="sonnets", eligible="yes").answer.text
    assert "Order short sonnets" in feed
    assert "Sonnets about violence" not in feed
    assert "Contract clauses" not in feed
    assert "eligible" not in feed


def test_a_saved_search_keeps_every_filter_and_its_letter_means_the_same(
    app: Application, pages: Pages, session: Session, jobs: dict[str, Project]
) -> None:
    expert = make_expert(session)
    mine = pages.enter(expert.user, "expert")
    query = "min_funded=10&content=none&eligible=yes&q=sonnets"
    mine.post("jobs.save_search", {"name": "Mine", "rhythm": "daily", "query": query})
    assert f"/jobs?{query}" in mine.get("jobs.saved").answer.text.replace("&amp;", "&")
    with clock.shifted(timedelta(hours=1)):
        fits = make_project(session, title="More sonnets to order", specialty="general", wanted=500)
        locked = make_project(session, title="Sonnets for doctors", specialty="medicine", tier="licensed")
        other = make_project(session, title="Something else", specialty="general")
        index(session, fits, locked, other)
    with clock.shifted(timedelta(days=1)):
        service.promise_digests(session, {})
        session.flush()
        run(app)
    told = session.scalars(select(Notice.title).where(Notice.user_id == expert.user_id)).all()
    assert told == ["1 new job for “Mine”"]


def run(app: Application) -> None:
    run_all(app.sessions, app.extensions["assay"][Handlers])


def test_a_search_is_paged_by_key(pages: Pages, session: Session) -> None:
    made = [make_project(session, title=f"Order answers {number}") for number in range(28)]
    index(session, *made)
    first = pages.get("jobs.board", q="answers")
    link = next(node.get("href") for node in first.all("a") if "after=" in node.get("href", ""))
    second = pages.get(link)
    assert len(titles(first)) == 25
    assert sorted(titles(first) + titles(second)) == sorted(one.title for one in made)
    assert pages.get("jobs.board", q="answers", after="nonsense").status == 404


@pytest.mark.parametrize(
    "case",
    [
        (who, query)
        for who in ("visitor", "expert")
        for query in ({}, {"q": "order answers", "content": "none"}, {"eligible": "yes"})
    ],
)
def test_a_page_costs_the_same_however_long_the_board(
    pages: Pages,
    session: Session,
    statements: Callable[[], int],
    night: None,
    case: tuple[str, dict[str, str]],
) -> None:
    who, query = case
    mine = pages.enter(make_expert(session).user, "expert") if who == "expert" else pages
    counts = []
    for _ in range(2):
        made = [make_project(session, title="Order answers") for _ in range(3)]
        index(session, *made)
        mine.get("jobs.board", **query)
        statements()
        mine.get("jobs.board", **query)
        counts.append(statements())
    assert counts[0] == counts[1]
    # an expert's page also says what is reserved for them, and which proof is being checked already
    assert counts[0] <= (30 if who == "expert" else 12)


def test_saved_filters_of_before_still_open(session: Session) -> None:
    expert = make_expert(session)
    search = service.save_search(
        session, expert.user, name="Old", filters=Filters(words=("dose",)), rhythm=Rhythm.NEVER
    )
    search.filters = {"words": ["dose"], "specialties": ["law"], "by_pay": False}
    assert kept_filters(search.filters) == Filters(words=("dose",), specialties=("law",))


def test_jobs_are_found_by_the_new_name_of_their_company(
    app: Application, session: Session, jobs: dict[str, Project], pages: Pages
) -> None:
    owner = make_member(session, jobs["law"].company, role=MemberRole.OWNER)
    session.commit()
    run(app)  # what was promised when the jobs opened
    change = {"by": owner, "country": "DE", "website": ""}
    company_service.change_company(session, jobs["law"].company, name="Quillfeather", **change)
    session.commit()
    run(app)
    session.expire_all()
    assert titles(pages.get("/jobs?q=quillfeather")) == ["Contract clauses"]


def test_only_what_fits_has_the_colour_of_what_fits(pages: Pages, jobs: dict[str, Project]) -> None:
    page = pages.get("jobs.board", q="sonnets")
    said = {"".join(node.itertext()).strip(): node.get("class") for node in page.all("p")}
    lines = {words: name for words, name in said.items() if str(name).startswith("job-why")}
    assert lines
    assert all(name in {"job-why need", "job-why ask"} for name in lines.values()), lines
    assert [name for words, name in lines.items() if "Sensitive content" in words] == ["job-why need"]


def test_the_front_page_names_the_day_of_the_payout(pages: Pages) -> None:
    assert "Paid every Friday, nothing deducted" in pages.get("jobs.landing").text
