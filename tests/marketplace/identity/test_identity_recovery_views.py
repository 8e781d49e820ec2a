"""Forgotten passwords, as pages."""

import pytest
from sqlalchemy.orm import Session

from marketplace.kit.application import Application
from tests.factories.identity import letters_to, link_in, make_user
from tests.pages import Pages

NEW = "lantern orbit wombat"


def test_known_and_unknown_addresses_get_the_same_page(
    app: Application, pages: Pages, session: Session
) -> None:
    user = make_user(session)
    answers = []
    for email in (user.email, "unknown@example.org"):
        page = pages.post("identity.forgot", {"email": email})
        answers.append((page.status, page.location, pages.get(page.location).text))
    assert answers[0] == answers[1]
    assert answers[0][:2] == (303, "/forgot/sent")
    assert len(letters_to(app, user.email)) == 1


@pytest.mark.parametrize("email", ["", "nonsense", "a@b\r\nc"])
def test_a_bad_address_is_said_at_the_field(pages: Pages, email: str) -> None:
    page = pages.post("identity.forgot", {"email": email})
    assert page.status == 422
    assert page.errors()


def test_a_link_sets_a_password_once(app: Application, pages: Pages, session: Session) -> None:
    user = make_user(session)
    browser = Pages(app, session).enter(user)
    pages.post("identity.forgot", {"email": user.email})
    (letter,) = letters_to(app, user.email)
    link = link_in(letter, "/reset/")
    assert pages.get(link).status == 200
    page = pages.post(link, {"password": NEW})
    assert (page.status, page.location) == (303, "/login")
    assert "Your new password is set" in pages.get(page.location).text
    assert pages.get("identity.settings").status == 303  # the link signs nobody in
    assert browser.get("identity.settings").status == 303  # and everybody out
    assert pages.get(link).status == 410
    assert pages.post(link, {"password": "another one entirely"}).status == 410
    assert pages.post("identity.log_in", {"email": user.email, "password": NEW}).status == 303
    assert letters_to(app, user.email)[-1]["Subject"] == "Your password was changed"


@pytest.mark.parametrize(
    ("password", "message"), [("", "Choose"), ("short", "12"), ("Password1234", "guess")]
)
def test_a_weak_password_leaves_the_link_alive(
    app: Application, pages: Pages, session: Session, password: str, message: str
) -> None:
    user = make_user(session)
    pages.post("identity.forgot", {"email": user.email})
    link = link_in(letters_to(app, user.email)[0], "/reset/")
    page = pages.post(link, {"password": password})
    assert page.status == 422
    assert message in page.errors()
    assert pages.post(link, {"password": NEW}).status == 303
