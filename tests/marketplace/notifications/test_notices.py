"""Telling people, in the bell and by e-mail."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.experts import queries as experts
from marketplace.gateways.mail.protocol import Mail, MailDown
from marketplace.identity.models import User, UserState
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from marketplace.kit.errors import NotFound
from marketplace.notifications import queries, service
from marketplace.notifications.models import Notice
from marketplace.notifications.policy import Letter
from marketplace.outbox.models import OutboxMessage
from tests.factories.experts import make_expert
from tests.factories.identity import letters_to, make_user, order_ids, text_of
from tests.pages import Pages


def tell(session: Session, user: User, **changes: object) -> Notice:
    values = {"kind": "paid", "title": "You are paid", "body": "$19.25 is available.", "path": "/earnings"}
    notice = service.tell(session, user.id, **{**values, **changes})  # type: ignore[arg-type]
    session.flush()
    return notice


def test_a_notice_waits_in_the_bell_and_is_promised_by_e_mail(session: Session) -> None:
    user, other = make_user(session), make_user(session)
    notice = tell(session, user)
    assert (queries.unread_count(session, user.id), queries.unread_count(session, other.id)) == (1, 0)
    message = session.scalars(sa.select(OutboxMessage)).one()
    assert (message.handler, message.payload) == ("notifications.email", {"notice_id": str(notice.id)})


def test_a_quiet_one_is_not_promised(session: Session) -> None:
    tell(session, make_user(session), email=False)
    assert session.scalars(sa.select(OutboxMessage)).all() == []


def test_nobody_cannot_be_told(session: Session) -> None:
    with pytest.raises(NotFound):
        service.tell(session, ids.new_id(), kind="x", title="x", body="x", path="/")


@pytest.mark.parametrize("path", ["https://evil.example", "//evil.example", "earnings", ""])
def test_a_notice_leads_to_a_local_address(session: Session, path: str) -> None:
    with pytest.raises(ValueError, match="local address"):
        tell(session, make_user(session), path=path)


def test_the_letter_says_the_same_and_links_absolutely(app: Application, session: Session) -> None:
    user = make_user(session, name="Ada & Co")
    notice = tell(
        session, user, title="Paid:\r\nBcc: eve@example.org", body="2 < 3 & more", path="/earnings?a=1&b=2"
    )
    (letter,) = letters_to(app, user.email)
    assert letter["Subject"] == "Paid: Bcc: eve@example.org"
    assert letter["Bcc"] is None
    text, html = text_of(letter), letter.get_body(("html",))
    assert "2 < 3 & more" in text
    assert "http://127.0.0.1:8000/earnings?a=1&b=2" in text
    assert html is not None
    assert "2 &lt; 3 &amp; more" in html.get_content()
    assert 'href="http://127.0.0.1:8000/earnings?a=1&amp;b=2"' in html.get_content()
    session.expire_all()
    assert notice.emailed_at is not None


class Box:
    def __init__(self, *failures: Exception) -> None:
        self.failures, self.sent = list(failures), list[Mail]()

    def send(self, mail: Mail) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(mail)


def post(app: Application, box: Box, notice_id: uuid.UUID) -> None:
    service.email_notice(
        app.sessions,
        {"notice_id": str(notice_id)},
        mailer=box,
        site="https://assay.example",
        quiet=lambda *_: None,
    )


def test_the_same_message_again_sends_nothing(app: Application, session: Session) -> None:
    notice, box = tell(session, make_user(session)), Box()
    post(app, box, notice.id)
    post(app, box, notice.id)
    assert [mail.reference for mail in box.sent] == [f"notice:{notice.id}"]


def test_a_server_that_is_down_is_asked_again(app: Application, session: Session) -> None:
    notice, box = tell(session, make_user(session)), Box(MailDown("later"))
    with pytest.raises(MailDown):
        post(app, box, notice.id)
    post(app, box, notice.id)
    assert len(box.sent) == 1


@pytest.mark.parametrize("change", ["unconfirmed", "closed", "unknown"])
def test_only_a_confirmed_address_gets_letters(app: Application, session: Session, change: str) -> None:
    user = make_user(session, confirmed=change != "unconfirmed")
    if change == "closed":
        user.state = UserState.CLOSED
    notice, box = tell(session, user), Box()
    post(app, box, notice.id if change != "unknown" else ids.new_id())
    assert box.sent == []


def test_the_inbox_shows_own_notices_the_newest_first(
    pages: Pages, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_ids(monkeypatch)
    user = make_user(session)
    tell(session, user, title="First")
    tell(session, user, title="Second <b>bold</b>")
    tell(session, make_user(session), title="Foreign")
    page = pages.enter(user).get("notifications.inbox")
    assert page.text.index("Second <b>bold</b>") < page.text.index("First")
    assert "Foreign" not in page.text
    assert "2 unread" in page.text


def test_an_empty_inbox_says_what_will_come(pages: Pages, session: Session) -> None:
    assert "Nothing yet" in pages.enter(make_user(session)).get("notifications.inbox").text


def test_opening_reads_it_and_leads_on(pages: Pages, session: Session) -> None:
    user = make_user(session)
    notice = tell(session, user)
    pages.enter(user)
    assert pages.get("notifications.inbox").status == 200
    session.expire_all()
    assert notice.read_at is None  # looking at the list reads nothing
    page = pages.post("notifications.open_notice", notice_id=notice.id)
    assert (page.status, page.location) == (303, "/earnings")
    first = notice.read_at
    assert first is not None
    pages.post("notifications.open_notice", notice_id=notice.id)
    assert notice.read_at == first
    assert "All read" in pages.get("notifications.inbox").text


def test_somebody_elses_notice_is_not_found(pages: Pages, session: Session) -> None:
    notice = tell(session, make_user(session))
    pages.enter(make_user(session))
    for notice_id in (notice.id, ids.new_id()):
        assert pages.post("notifications.open_notice", notice_id=notice_id).status == 404
    assert notice.read_at is None


def test_all_are_read_at_once_but_only_ones_own(pages: Pages, session: Session) -> None:
    user, other = make_user(session), make_user(session)
    for _ in range(3):
        tell(session, user)
    foreign = tell(session, other)
    assert pages.enter(user).post("notifications.read_all").status == 303
    assert queries.unread_count(session, user.id) == 0
    assert foreign.read_at is None


def test_the_inbox_is_paged(pages: Pages, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    order_ids(monkeypatch)
    user = make_user(session)
    for number in range(30):
        tell(session, user, title=f"Notice {number:02}", email=False)
    page = pages.enter(user).get("notifications.inbox")
    assert "Notice 05" in page.text
    assert "Notice 04" not in page.text
    (following,) = [link.get("href") for link in page.all("a") if link.get("rel") == "next"]
    assert "Notice 04" in pages.get(following).text
    assert pages.get("notifications.inbox", after="nonsense").status == 404


def test_visitors_log_in_first(pages: Pages) -> None:
    assert pages.get("notifications.inbox").location == "/login?next=/inbox"
    assert pages.post("notifications.read_all").status == 401


EVENING = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
MORNING = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)


@pytest.fixture
def sleeper(app: Application, session: Session) -> Iterator[User]:
    """Somebody in UTC whose quiet hours are 22:00 to 07:00; it is 22:30."""
    user = make_user(session, time_zone="UTC")
    make_expert(session, user=user, quiet_from="22:00", quiet_to="07:00")
    with clock.shifted(EVENING - clock.database_now(session)):
        yield user


def letters_at(app: Application, user: User, later: timedelta) -> list[str]:
    with clock.shifted(later):
        return [str(letter["Subject"]) for letter in letters_to(app, user.email)]


def test_a_letter_waits_for_the_end_of_quiet_hours_and_the_inbox_does_not(
    app: Application, session: Session, sleeper: User
) -> None:
    tell(session, sleeper)
    assert letters_to(app, sleeper.email) == []
    assert queries.unread_count(session, sleeper.id) == 1
    assert letters_at(app, sleeper, timedelta(hours=8)) == [], "06:30"
    assert letters_at(app, sleeper, timedelta(hours=8, minutes=31)) == ["You are paid"]
    assert letters_at(app, sleeper, timedelta(hours=20)) == ["You are paid"], "once"


def test_by_day_and_for_others_nothing_waits(app: Application, session: Session, sleeper: User) -> None:
    other = make_user(session)
    tell(session, other)
    assert len(letters_to(app, other.email)) == 1
    with clock.shifted(timedelta(hours=10)):
        tell(session, sleeper)
        assert len(letters_to(app, sleeper.email)) == 1


def test_what_is_about_the_sign_in_does_not_wait(app: Application, session: Session, sleeper: User) -> None:
    tell(session, sleeper, title="Your password was changed", email=Letter(safety=True))
    assert letters_at(app, sleeper, timedelta(0)) == ["Your password was changed"]


@pytest.mark.parametrize(("hours", "waits"), [(1, False), (11, False), (12, True), (48, True)])
def test_a_deadline_soon_after_the_quiet_hours_does_not_wait(
    app: Application, session: Session, sleeper: User, hours: int, waits: bool
) -> None:
    assert PEOPLE.quiet_leaves_hours == 12
    tell(session, sleeper, email=Letter(MORNING + timedelta(hours=hours)))
    assert len(letters_to(app, sleeper.email)) == (0 if waits else 1)


def test_a_deadline_within_the_quiet_hours_does_not_wait(
    app: Application, session: Session, sleeper: User
) -> None:
    tell(session, sleeper, email=Letter(EVENING + timedelta(hours=2)))
    assert len(letters_to(app, sleeper.email)) == 1


def test_who_changes_the_quiet_hours_meanwhile_is_asked_again(
    app: Application, session: Session, sleeper: User
) -> None:
    tell(session, sleeper)
    assert letters_to(app, sleeper.email) == []
    expert = experts.for_user(session, sleeper.id)
    assert expert is not None
    expert.quiet_to = "09:00"
    session.flush()
    assert letters_at(app, sleeper, timedelta(hours=9)) == []
    assert letters_at(app, sleeper, timedelta(hours=11)) == ["You are paid"]
