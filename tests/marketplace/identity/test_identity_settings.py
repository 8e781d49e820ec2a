"""A person's own settings, as pages."""

import pytest
from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.identity.models import Role
from marketplace.kit import ids
from marketplace.kit.application import Application
from tests.factories.identity import PASSWORD, letters_to, make_sign_in, make_user
from tests.pages import Pages

NEW = "lantern orbit wombat"


def test_a_visitor_is_sent_to_log_in(pages: Pages) -> None:
    assert pages.get("identity.settings").location == "/login?next=/settings"
    for path in ("/settings", "/settings/password", "/settings/act-as", "/settings/sign-ins/end-others"):
        assert pages.post(path).status == 401


def test_name_zone_and_theme_are_saved(pages: Pages, session: Session) -> None:
    user = make_user(session, roles=[Role.EXPERT])
    pages.enter(user)
    sent = {"name": "Ada L.", "time_zone": "Asia/Tokyo", "theme": "dark"}
    assert pages.post("identity.save_settings", sent).status == 303
    assert (user.name, user.time_zone, user.theme) == ("Ada L.", "Asia/Tokyo", "dark")
    page = pages.get("identity.settings")
    assert "Saved." in page.text
    assert page.value("name") == "Ada L."
    assert page.all("html")[0].get("data-theme") == "dark"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("name", "two\nlines"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("theme", "neon"),
    ],
)
def test_a_bad_value_changes_nothing(pages: Pages, session: Session, field: str, value: str) -> None:
    user = make_user(session)
    pages.enter(user)
    sent = {"name": "Ada L.", "time_zone": "UTC", "theme": "dark", field: value}
    page = pages.post("identity.save_settings", sent)
    assert page.status == 422
    assert page.errors()
    assert (user.name, user.time_zone, user.theme) == ("Ada Example", "UTC", "system")


def test_the_password_changes_by_the_old_one(app: Application, pages: Pages, session: Session) -> None:
    user = make_user(session)
    other = Pages(app, session).enter(user)
    pages.enter(user)
    sent = {"password-old": PASSWORD, "password-password": NEW}
    assert pages.post("identity.change_password", sent).status == 303
    assert "Your password is changed" in pages.get("identity.settings").text
    assert other.get("identity.settings").status == 303
    assert letters_to(app, user.email)[-1]["Subject"] == "Your password was changed"
    assert pages.post("identity.log_in", {"email": user.email, "password": NEW}).status == 303


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("wrong", NEW, "not your current password"),
        ("", NEW, "Enter your current password"),
        (PASSWORD, "short", "at least 12"),
        (PASSWORD, "ada example!", "other than your name"),
    ],
)
def test_a_wrong_or_weak_password_is_said_at_the_field(
    pages: Pages, session: Session, old: str, new: str, message: str
) -> None:
    user = make_user(session)
    before = user.password_hash
    page = pages.enter(user).post("identity.change_password", {"password-old": old, "password-password": new})
    assert page.status == 422
    assert message in page.errors()
    assert page.value("name") == user.name
    assert user.password_hash == before


def test_guessing_the_old_password_is_counted(pages: Pages, session: Session) -> None:
    pages.enter(make_user(session))
    sent = {"password-old": "wrong", "password-password": NEW}
    for _ in range(PEOPLE.failed_per_user):
        assert pages.post("identity.change_password", sent).status == 422
    assert pages.post("identity.change_password", sent).status == 429


def test_browsers_are_listed_and_ended_one_by_one(pages: Pages, session: Session) -> None:
    user = make_user(session)
    phone = make_sign_in(session, user, device="Safari on iPhone")
    stranger = make_sign_in(session, make_user(session), device="Opera on Windows")
    pages.enter(user)
    page = pages.get("identity.settings")
    assert "Safari on iPhone" in page.text
    assert "This browser" in page.text
    assert "Opera" not in page.text
    for foreign in (stranger.sign_in.id, ids.new_id()):
        assert pages.post("identity.end_sign_in", sign_in_id=foreign).status == 404
    assert pages.post("identity.end_sign_in", sign_in_id=phone.sign_in.id).status == 303
    assert "Safari on iPhone" not in pages.get("identity.settings").text
    assert stranger.sign_in.ended_at is None


def test_every_other_browser_is_ended_at_once(app: Application, pages: Pages, session: Session) -> None:
    user = make_user(session)
    other = Pages(app, session).enter(user)
    pages.enter(user)
    assert pages.post("identity.end_other_sign_ins").status == 303
    assert pages.get("identity.settings").status == 200
    assert other.get("identity.settings").status == 303


def test_acting_as_another_role_changes_the_navigation(pages: Pages, session: Session) -> None:
    pages.enter(make_user(session, roles=[Role.EXPERT, Role.ADMIN]))
    page = pages.post("identity.act_as", {"role": "admin", "next": "/settings"})
    assert (page.status, page.location) == (303, "/settings")
    assert "People" in pages.get("identity.settings").text
    pages.post("identity.act_as", {"role": "expert", "next": "/settings"})
    assert "/staff/people" not in pages.get("identity.settings").answer.text


@pytest.mark.parametrize(("role", "status"), [("admin", 403), ("king", 422), ("", 422)])
def test_a_role_one_does_not_have_is_refused(pages: Pages, session: Session, role: str, status: int) -> None:
    pages.enter(make_user(session, roles=[Role.EXPERT]))
    assert pages.post("identity.act_as", {"role": role}).status == status


def test_a_visitor_keeps_a_theme_too(pages: Pages) -> None:
    page = pages.post("identity.theme", {"theme": "dark", "next": "/login"})
    assert (page.status, page.location) == (303, "/login")
    assert pages.get("identity.log_in").all("html")[0].get("data-theme") == "dark"
    pages.post("identity.theme", {"theme": "nonsense"})
    assert pages.get("identity.log_in").all("html")[0].get("data-theme") is None


def test_the_letter_can_be_sent_again(app: Application, pages: Pages, session: Session) -> None:
    user = make_user(session, confirmed=False, roles=[Role.EXPERT])
    pages.enter(user)
    page = pages.post("identity.resend_confirmation", {"next": "/settings"})
    assert page.location == "/settings"
    assert user.email in pages.get("identity.settings").text
    assert [letter["Subject"] for letter in letters_to(app, user.email)] == ["Confirm your e-mail address"]
