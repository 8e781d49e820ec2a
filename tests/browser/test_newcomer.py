"""A newcomer by keys alone: from the front page to the first pay, with every page looked at on the way."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.kit.clock import shifted
from tests.browser.conftest import Enter
from tests.browser.desk import hand_in
from tests.browser.hands import Hands
from tests.browser.house import PASSWORD, House
from tests.browser.visitor import Visitor
from tests.browser.ways.response_ranking import WAY
from tests.factories import reviews
from tests.factories.projects import make_project
from tests.factories.queue import make_tasks
from tests.factories.screenings import make_screening_plan
from workspace.reviews.models import Verdict
from workspace.submissions.models import Submission

TITLE = "Rank answers about leaking taps"
EMAIL, NAME = "nina@example.org", "Nina Newcomer"
WHY = "It is right because two and two is four, and the other response says five."
PAGES_TO_FIRST_TASK = 16  # the landing page and the task itself counted


def test_from_the_front_page_to_the_first_pay(house: House, enter: Enter) -> None:
    with house.writing() as session:
        _open_job(session)
    visitor = enter()
    hands, opened = Hands(visitor), Opened(visitor)
    visitor.go("/")
    _join(hands, house)
    _say_who(hands)
    _find_and_apply(hands)
    _take_the_screening(hands)
    _sign(hands)
    _do_the_task(hands)
    assert opened.count <= PAGES_TO_FIRST_TASK, opened.paths
    _approve(house)
    _see_the_pay(hands)
    hands.visitor.go("/home")
    hands.visitor.says("3 of 5 done")  # the steps remember what was done on the way
    hands.visitor.look_twice()


class Opened:
    """The pages a visitor was sent to, up to the first task."""

    def __init__(self, visitor: Visitor) -> None:
        self.paths: list[str] = []
        visitor.page.on("domcontentloaded", lambda page: self.paths.append(page.url))

    @property
    def count(self) -> int:
        """How many until a task was open."""
        return next(place for place, path in enumerate(self.paths, 1) if "/tasks/" in path)


def _open_job(session: Session) -> None:
    """A job for everybody, with a paid screening of one item."""
    project = make_project(session, task_type=WAY.slug, overlap=1, options={}, title=TITLE)
    make_tasks(session, project, 3)
    make_screening_plan(session, project, keyed=1)


def _join(hands: Hands, house: House) -> None:
    hands.follow("Find work").follow(TITLE)
    hands.follow("Join as an expert")
    hands.fill(email=EMAIL, name=NAME, password=PASSWORD).follow("Join", within="main *")
    hands.visitor.says("Check your e-mail")
    hands.visitor.go(house.letter(EMAIL, "/confirm/"))
    hands.follow("Confirm")
    hands.visitor.says(TITLE)  # the job one came for


def _say_who(hands: Hands) -> None:
    hands.follow("Add English to your profile")
    hands.fill(headline="Repairs taps and reads closely", country="United States")
    hands.fill(**{"languages-0-code": "English", "languages-0-level": "C2"})
    hands.follow("Save")


def _find_and_apply(hands: Hands) -> None:
    hands.visitor.says("A paid screening first")
    hands.visitor.says("What you need")
    hands.visitor.look_twice()
    hands.follow("Apply")


def _take_the_screening(hands: Hands) -> None:
    hands.visitor.look_twice()
    hands.follow("Start now")
    page = hands.page
    page.locator("body[data-live]").wait_for()
    letter = page.locator("[data-resp='right']").get_attribute("data-letter") or ""
    hands.press(letter.lower(), "1", "w").write(WHY)
    with page.expect_navigation(wait_until="load"):
        hands.press("Control+Enter")
    hands.follow("Hand in all items")
    hands.visitor.says("Passed")
    hands.visitor.look_twice()


def _sign(hands: Hands) -> None:
    hands.follow("See your offer")
    hands.visitor.look_twice()
    hands.tick("read_guideline", "agree_terms").fill(signature=NAME)
    hands.follow("Accept the offer")


def _do_the_task(hands: Hands) -> None:
    hands.follow("Start a task")
    page = hands.page
    page.locator("body[data-live]").wait_for()
    hands.press("i")
    page.locator("#guideline").wait_for()
    hands.press("Escape")
    WAY.play(hands)
    hand_in(hands)


def _approve(house: House) -> None:
    with shifted(timedelta(seconds=WORK.undo_seconds)), house.writing() as session:
        submission = session.scalars(select(Submission)).one()
        reviews.decided(session, submission, Verdict.APPROVE)
    house.run()


def _see_the_pay(hands: Hands) -> None:
    hands.visitor.go("/home")
    hands.visitor.says("3 of 5 done")
    hands.follow("Earnings")
    hands.visitor.says("$2.00")
    hands.visitor.look_twice()
