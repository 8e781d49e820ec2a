"""Jobs and searches people keep, and letters about new jobs: once a morning, quiet without news."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.content import titles
from config.policy import WORK
from marketplace.applications import policy, queries, service
from marketplace.applications.models import Rhythm, SavedSearch
from marketplace.experts.models import Expert
from marketplace.kit import clock
from marketplace.kit.application import Application as App
from marketplace.kit.signing import Signer
from marketplace.notifications.models import Notice
from marketplace.projects.models import ProjectState
from marketplace.projects.queries import Filters
from tests.factories.experts import make_expert
from tests.factories.identity import letters_to, make_user, text_of
from tests.factories.projects import make_project
from tests.pages import Pages
from tests.properties import calm

ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "Mars/Base"]
)
START = datetime(2024, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 10 * 366 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))


@pytest.fixture
def expert(session: Session) -> Expert:
    return make_expert(session, tier="licensed")


@pytest.fixture
def mine(pages: Pages, expert: Expert) -> Pages:
    return pages.enter(expert.user, "expert")


def keep(session: Session, expert: Expert, rhythm: Rhythm = Rhythm.DAILY, **filters: object) -> SavedSearch:
    search = service.save_search(
        session,
        expert.user,
        name="Medicine",
        filters=Filters(**filters),
        rhythm=rhythm,  # type: ignore[arg-type]
    )
    session.flush()
    return search


def next_day(session: Session, app: App, expert: Expert, days: int = 1) -> list[str]:
    """The texts of the letters that arrive when the worker looks again."""
    with clock.shifted(timedelta(days=days)):
        service.promise_digests(session, {})
        service.promise_digests(session, {})  # a second worker, or a second tick
        session.flush()
        return [text_of(letter) for letter in letters_to(app, expert.user.email)]


def told(session: Session, expert: Expert) -> list[str]:
    return list(session.scalars(select(Notice.title).where(Notice.user_id == expert.user_id)))


@calm
@given(MOMENTS, ZONES, st.sampled_from([Rhythm.DAILY, Rhythm.WEEKLY]))
def test_the_next_morning_is_the_first_one_there(after: datetime, zone: str, rhythm: Rhythm) -> None:
    found = policy.next_morning(after, zone, rhythm, hour=8)
    assert found is not None
    local = found.astimezone(ZoneInfo("UTC" if zone == "Mars/Base" else zone))
    assert found > after
    assert (local.hour, local.minute) == (8, 0)
    assert found - after <= timedelta(days=7 if rhythm is Rhythm.WEEKLY else 1, hours=2)
    assert rhythm is Rhythm.DAILY or local.weekday() == 0


def test_never_has_no_morning() -> None:
    assert policy.next_morning(datetime(2026, 1, 1, tzinfo=UTC), "UTC", Rhythm.NEVER, hour=8) is None


def test_a_job_is_kept_from_the_board_and_taken_off(mine: Pages, session: Session) -> None:
    project = make_project(session)
    assert "No saved jobs" in mine.get("jobs.saved").text
    for _ in range(2):
        answer = mine.post("jobs.save", {"kept": "yes", "next": "/jobs?type=rating"}, slug=project.slug)
        assert (answer.status, answer.location) == (303, f"/jobs?type=rating#job-{project.slug}")
    assert project.title in mine.get("jobs.saved").text
    assert f"Saved, take off the list: {project.title}" in mine.get("jobs.board").text
    assert f"Saved, take off the list: {project.title}" in mine.get("jobs.job", slug=project.slug).text
    mine.post("jobs.save", {"kept": "no", "next": "https://elsewhere.example"}, slug=project.slug)
    assert project.title not in mine.get("jobs.saved").text


def test_a_kept_job_says_when_it_is_over(mine: Pages, session: Session) -> None:
    project = make_project(session, state="closed")
    mine.post("jobs.save", {"kept": "yes"}, slug=project.slug)
    assert "Over: no new tasks." in mine.get("jobs.saved").text


def test_a_search_is_kept_with_its_filters(mine: Pages, session: Session, expert: Expert) -> None:
    query = "specialty=medicine&type=rating&min_hour=60&q=dose"
    mine.post("jobs.save_search", {"name": "Mine", "rhythm": "weekly", "query": query})
    (search,) = queries.saved_searches(session, expert.user_id)
    assert policy.kept_filters(search.filters) == Filters(
        words=("dose",), specialties=("medicine",), task_types=("rating",), min_hourly_minor=6000
    )
    assert "/jobs?" + query in mine.get("jobs.saved").answer.text.replace("&amp;", "&")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"name": "", "rhythm": "daily"}, 422),
        ({"name": "x" * 61, "rhythm": "daily"}, 422),
        ({"name": "Mine", "rhythm": "hourly"}, 422),
        ({"name": "Mine", "rhythm": "daily", "query": "q=" + "x" * 5000}, 422),
        ({"name": "Mine", "rhythm": "daily", "query": "q=%00"}, 400),
    ],
)
def test_what_cannot_be_kept_is_said(
    mine: Pages, session: Session, expert: Expert, sent: dict[str, str], status: int
) -> None:
    assert mine.post("jobs.save_search", sent).status == status
    assert queries.saved_searches(session, expert.user_id) == []


def test_the_list_of_searches_has_an_end(mine: Pages, session: Session, expert: Expert) -> None:
    for _ in range(WORK.saved_searches_maximum):
        keep(session, expert)
    page = mine.post("jobs.save_search", {"name": "One more", "rhythm": "daily"})
    assert page.status == 409
    assert "Remove one first" in page.text


def test_other_peoples_searches_are_not_found(mine: Pages, session: Session) -> None:
    search = keep(session, make_expert(session))
    assert mine.post("jobs.remove_search", search_id=search.id).status == 404
    assert mine.post("jobs.set_rhythm", {"rhythm": "never"}, search_id=search.id).status == 404


def test_new_jobs_are_told_once_each_morning(app: App, session: Session, expert: Expert) -> None:
    make_project(session, title="Was there before", specialty="medicine")
    keep(session, expert, specialties=("medicine",))
    make_project(session, title="Rank doses", specialty="medicine")
    make_project(session, title="Write proofs", specialty="mathematics")
    (letter,) = next_day(session, app, expert)
    assert "Rank doses" in letter
    assert "1 new job opened" in letter
    assert "Write proofs" not in letter
    assert "Was there before" not in letter
    assert told(session, expert) == ["1 new job for “Medicine”"]
    assert len(next_day(session, app, expert, days=2)) == 1, "nothing new: nothing said"
    assert len(told(session, expert)) == 1


def test_a_job_that_is_seen_late_is_told_once(app: App, session: Session, expert: Expert) -> None:
    """Its opening was committed after the look it should have been in: `opened_at` lies before that look."""
    keep(session, expert)
    make_project(session, title="Was in time")
    assert len(next_day(session, app, expert)) == 1
    late = make_project(session, title="Seen late")
    late.opened_at = clock.database_now(session) + timedelta(hours=1)
    session.flush()
    letters = next_day(session, app, expert, days=2)
    assert ["Seen late" in letters[1], "Was in time" in letters[1]] == [True, False]
    assert len(next_day(session, app, expert, days=3)) == 2, "nobody is told twice"
    assert len(next_day(session, app, expert, days=WORK.digest_days + 10)) == 2


def test_a_job_that_comes_onto_the_board_late_is_told_then(
    app: App, session: Session, expert: Expert
) -> None:
    paused = make_project(session, title="Was paused", state="paused")
    make_project(session, title="Was known")
    keep(session, expert)
    assert next_day(session, app, expert) == []
    paused.move(ProjectState.OPEN)
    session.flush()
    (letter,) = next_day(session, app, expert, days=2)
    assert ("Was paused" in letter, "Was known" in letter) == (True, False)
    paused.move(ProjectState.PAUSED)
    paused.move(ProjectState.OPEN)
    session.flush()
    assert len(next_day(session, app, expert, days=3)) == 1


def test_a_search_that_told_something_can_be_removed(app: App, session: Session, expert: Expert) -> None:
    search = keep(session, expert)
    make_project(session)
    next_day(session, app, expert)
    service.remove_search(session, search)
    session.flush()
    assert queries.saved_searches(session, expert.user_id) == []


def test_the_letter_waits_for_the_end_of_quiet_hours(app: App, session: Session, expert: Expert) -> None:
    expert.user.time_zone, expert.quiet_from, expert.quiet_to = "UTC", "20:00", "10:30"
    search = keep(session, expert)
    make_project(session)
    assert search.next_at is not None
    morning = search.next_at - clock.now()
    with clock.shifted(morning + timedelta(minutes=5)):
        service.promise_digests(session, {})
        assert letters_to(app, expert.user.email) == []
        assert told(session, expert) == ["1 new job for “Medicine”"], "the inbox does not wait"
    with clock.shifted(morning + timedelta(hours=3)):
        assert len(letters_to(app, expert.user.email)) == 1


def test_sensitive_jobs_are_counted_and_never_named(app: App, session: Session, expert: Expert) -> None:
    keep(session, expert)
    project = make_project(session, task_type="red_teaming", title="Break the model", overlap=1, options={})
    (letter,) = next_day(session, app, expert)
    assert "1 new job opened" in letter
    assert project.title not in letter
    assert not [one for one in project.classes if titles((one,)).lower() in letter.lower()]


def test_an_unconfirmed_address_gets_no_letter(app: App, session: Session) -> None:
    expert = make_expert(session, user=make_user(session, roles=["expert"], confirmed=False))
    keep(session, expert)
    make_project(session)
    assert next_day(session, app, expert) == []


def test_one_click_stops_the_letters_without_signing_in(
    app: App, pages: Pages, session: Session, expert: Expert
) -> None:
    search = keep(session, expert)
    make_project(session)
    with clock.shifted(timedelta(days=1)):
        service.promise_digests(session, {})
        session.flush()
        (letter,) = letters_to(app, expert.user.email)
    link = str(letter["List-Unsubscribe"]).strip("<>")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in text_of(letter)
    path = link.partition("8000")[2]
    assert "Stop these letters?" in pages.get(path).text
    session.expire_all()
    assert queries.saved_search(session, search.id).rhythm is Rhythm.DAILY, "opening alone changes nothing"  # type: ignore[union-attr]
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = pages.post(path, {"List-Unsubscribe": "One-Click"})
        assert (answer.status, "No more letters" in answer.text) == (200, True)  # no redirect (RFC 8058)
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert queries.saved_search(session, search.id).rhythm is Rhythm.NEVER  # type: ignore[union-attr]
    assert "No more letters" in pages.get(path).text


def test_a_link_that_is_not_ours_is_gone(app: App, pages: Pages, session: Session, expert: Expert) -> None:
    search = keep(session, expert)
    other = app.extensions["assay"][Signer].sign("identity.reset", str(search.id))
    for token in ("x", other):
        assert pages.get("jobs.stop_page", token=token).status == 410
        assert pages.post("jobs.stop", token=token).status == 410


def test_after_a_pause_the_past_is_not_told(app: App, session: Session, expert: Expert) -> None:
    search = keep(session, expert, Rhythm.NEVER)
    make_project(session)
    service.set_rhythm(session, search, Rhythm.DAILY)
    session.flush()
    assert next_day(session, app, expert) == []


def test_the_lists_cost_the_same_however_long(
    mine: Pages, session: Session, expert: Expert, statements: Callable[[], int]
) -> None:
    counts = []
    for _ in range(2):
        for _ in range(3):
            keep(session, expert)
            service.keep_job(session, expert.user, make_project(session), kept=True)
        session.flush()
        mine.get("jobs.saved")
        statements()
        mine.get("jobs.saved")
        counts.append(statements())
    assert counts[0] == counts[1]
