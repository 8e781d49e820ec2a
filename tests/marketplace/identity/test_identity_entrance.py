"""Joining, logging in and out, as pages."""

from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from config.policy import PEOPLE
from marketplace.identity import queries
from marketplace.identity.models import Role
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from tests.conftest import settings_for
from tests.factories.identity import PASSWORD, letters_to, link_in, make_sign_in, make_user
from tests.pages import Page, Pages


def form(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Ada Lovelace",
        "email": "ada@example.org",
        "password": PASSWORD,
        "form_key": str(ids.new_id()),
        **changes,
    }


def cookie(page: Page, name: str) -> dict[str, Any] | None:
    """The attributes of a cookie in the answer."""
    for header in page.answer.headers.getlist("Set-Cookie"):
        parsed = SimpleCookie(header)
        if name in parsed:
            return {"value": parsed[name].value, **parsed[name]}
    return None


def log_in(pages: Pages, email: str, password: str = PASSWORD, **extra: str) -> Page:
    return pages.post("identity.log_in", {"email": email, "password": password, **extra})


def is_signed_in(pages: Pages) -> bool:
    return pages.get("identity.settings").status == 200


def test_two_doors_lead_in_and_keep_the_way_on(pages: Pages) -> None:
    page = pages.get("identity.join", next="/jobs/heart")
    assert "Find work" in page.text
    targets = [link.get("href") for link in page.all("a")]
    assert "/join/expert?next=/jobs/heart" in targets
    assert "/join/company?next=/jobs/heart" in targets
    assert pages.get("identity.join_as", kind="expert", next="/jobs/heart").value("next") == "/jobs/heart"


@pytest.mark.parametrize(("kind", "role"), [("expert", "expert"), ("company", "member")])
def test_joining_signs_in_at_once(pages: Pages, session: Session, kind: str, role: str) -> None:
    page = pages.post("identity.join_as", form(), kind=kind)
    assert (page.status, page.location) == (303, f"/join/{kind}/sent")
    user = queries.by_email(session, "ada@example.org")
    assert user is not None
    assert user.email_confirmed_at is None
    assert queries.roles_of(session, user.id) == {role}
    assert "Check your e-mail" in pages.get(page.location).text
    settings = pages.get("identity.settings")
    assert settings.status == 200
    assert "Your e-mail address is not confirmed" in settings.text


def test_only_the_two_kinds_can_be_joined_as(pages: Pages) -> None:
    assert pages.get("/join/admin").status == 404


def test_the_form_sent_twice_makes_one_user(pages: Pages, session: Session) -> None:
    sent = form()
    for _ in range(2):
        assert pages.post("identity.join_as", sent, kind="expert").status == 303
    assert len(queries.people(session, "ada@example.org", None).rows) == 1


def test_a_known_address_gets_the_same_answer_and_its_owner_a_letter(
    app: Application, pages: Pages, session: Session
) -> None:
    owner = make_user(session)
    known = pages.post("identity.join_as", form(email=owner.email), kind="expert")
    assert not is_signed_in(pages)
    known_page = pages.get(known.location)
    new = Pages(app, session).post("identity.join_as", form(), kind="expert")
    assert (known.status, known.location) == (new.status, new.location)
    assert known_page.text == pages.get(new.location).text
    assert [letter["Subject"] for letter in letters_to(app, owner.email)] == [
        "You already have a login at Assay"
    ]


def test_somebody_elses_id_as_a_form_key_signs_nobody_in(pages: Pages, session: Session) -> None:
    victim = make_user(session)
    for email in (victim.email, "eve@example.org"):
        sent = form(form_key=str(victim.id), email=email, password="not the right one")
        assert pages.post("identity.join_as", sent, kind="expert").status == 303
        assert not is_signed_in(pages)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Enter your name"),
        ("name", "x" * 121, "120 characters or fewer"),
        ("email", "", "Enter your e-mail address"),
        ("email", "nonsense", "such as name@example.org"),
        ("email", "a@b.example\r\nBcc: c@d.example", ""),
        ("password", "", "Choose a password"),
        ("password", "short", "at least 12"),
        ("password", "Password1234", "easy to guess"),
        ("password", "ada lovelace", "other than your name"),
        ("form_key", "nonsense", ""),
    ],
)
def test_bad_input_comes_back_with_a_message_at_the_field(
    pages: Pages, session: Session, field: str, value: str, message: str
) -> None:
    page = pages.post("identity.join_as", form(**{field: value}), kind="expert")
    assert page.status == 422
    assert message in page.errors()
    assert "There is a problem" in page.text
    if field != "name":
        assert page.value("name") == "Ada Lovelace"
    assert page.value("password") == ""
    assert queries.by_email(session, "ada@example.org") is None


def test_the_right_password_opens_the_page_one_came_for(pages: Pages, session: Session) -> None:
    user = make_user(session, roles=[Role.EXPERT])
    refused = pages.get("identity.settings")
    assert (refused.status, refused.location) == (303, "/login?next=/settings")
    assert pages.get(refused.location).value("next") == "/settings"
    page = log_in(pages, user.email, next="/settings")
    assert (page.status, page.location) == (303, "/settings")
    assert is_signed_in(pages)
    again = pages.get("identity.log_in", next="/inbox")
    assert (again.status, again.location) == (303, "/inbox")


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "https:evil",
        "javascript:alert(1)",
        "evil",
    ],
)
def test_only_local_paths_are_followed(pages: Pages, session: Session, target: str) -> None:
    user = make_user(session, roles=[Role.SUPPORT])
    assert log_in(pages, user.email, next=target).location == "/inbox"


def test_wrong_and_unknown_look_the_same(pages: Pages, session: Session) -> None:
    user = make_user(session, email="ada@example.org")
    wrong = log_in(pages, user.email, "wrong password here")
    unknown = log_in(pages, "xyz@example.org", "wrong password here")
    assert wrong.status == unknown.status == 422
    assert "The e-mail address or the password is wrong" in wrong.text
    assert wrong.text == unknown.text
    assert wrong.errors() == unknown.errors()
    assert wrong.value("email") == "ada@example.org"
    assert wrong.value("password") == ""
    assert cookie(wrong, "signin") is None


@pytest.mark.parametrize("missing", ["email", "password"])
def test_an_empty_field_is_named_and_not_counted(pages: Pages, missing: str) -> None:
    page = pages.post("identity.log_in", {"email": "a@example.org", "password": "x", missing: ""})
    assert page.status == 422
    assert "Enter your" in page.errors()


def test_failed_tries_are_kept_and_lead_to_a_pause(pages: Pages, session: Session) -> None:
    user = make_user(session)
    for _ in range(PEOPLE.failed_per_user):
        assert log_in(pages, user.email, "wrong password here").status == 422
    page = log_in(pages, user.email)
    assert page.status == 429
    assert 0 < int(page.answer.headers["Retry-After"]) <= PEOPLE.failed_window_minutes * 60 + 1
    assert "Wait 15 minutes" in page.text
    with clock.shifted(timedelta(minutes=PEOPLE.failed_window_minutes, seconds=1)):
        assert log_in(pages, user.email).status == 303


def test_the_cookie_tells_scripts_and_other_sites_nothing(pages: Pages, session: Session) -> None:
    user = make_user(session)
    found = cookie(log_in(pages, user.email), "signin")
    assert found is not None
    assert (found["httponly"], found["samesite"], found["path"], found["domain"]) == (True, "Lax", "/", "")
    assert len(found["value"]) >= 43


def test_on_https_the_cookie_is_bound_to_the_host(app: Application, session: Session, tmp_path: Any) -> None:
    user = make_user(session)
    url = app.sessions.kw["bind"].engine.url.render_as_string(hide_password=False)
    secure = create_app(settings_for(url, tmp_path, public_url="https://assay.example"))
    secure.sessions.kw["bind"].dispose()
    secure.config["WTF_CSRF_ENABLED"] = False
    secure.sessions = app.sessions
    client = secure.test_client()
    answer: TestResponse = client.post("/login", data={"email": user.email, "password": PASSWORD})
    lines = answer.headers.getlist("Set-Cookie")
    (line,) = [line for line in lines if line.startswith("__Host-signin=")]
    assert {part.strip() for part in line.split(";")[1:]} >= {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    assert "Domain" not in line


def test_logging_in_leaves_the_browsers_old_sign_in_behind(pages: Pages, session: Session) -> None:
    user = make_user(session)
    first = cookie(log_in(pages, user.email), "signin")
    assert first
    log_in(pages, user.email)
    assert is_signed_in(pages)
    pages.client.set_cookie("signin", first["value"])
    assert not is_signed_in(pages)


def test_logging_out_makes_copies_of_the_cookie_worthless(pages: Pages, session: Session) -> None:
    user = make_user(session)
    token = make_sign_in(session, user).token
    pages.client.set_cookie("signin", token)
    assert is_signed_in(pages)
    page = pages.post("identity.log_out")
    assert (page.status, page.location) == (303, "/login?left=1")
    assert '"storage"' in page.answer.headers["Clear-Site-Data"]
    gone = cookie(page, "signin")
    assert gone
    assert gone["value"] == ""
    assert "You are logged out" in pages.get(page.location).text
    pages.client.set_cookie("signin", token)
    assert not is_signed_in(pages)


def test_logging_out_twice_is_harmless(pages: Pages) -> None:
    assert pages.post("identity.log_out").status == 303


def test_no_get_signs_anybody_in_or_out(pages: Pages, session: Session) -> None:
    user = make_user(session)
    page = pages.get("identity.log_in", email=user.email, password=PASSWORD)
    assert cookie(page, "signin") is None
    assert pages.get("/logout").status == 405


def test_a_post_from_another_site_is_refused(app: Application, session: Session) -> None:
    user = make_user(session)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        pages = Pages(app, session)
        assert log_in(pages, user.email).status == 400
        token = pages.get("identity.log_in").value("csrf_token")
        page = log_in(pages, user.email, csrf_token=token)
        assert page.status == 303
        assert pages.post("identity.log_out", {"csrf_token": token}).status == 400  # a new one at sign-in
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.parametrize(
    ("role", "start"),
    [("support", "/inbox"), ("admin", "/staff/people"), ("finance", None), ("expert", None)],
)
def test_everybody_has_a_first_page(
    app: Application, pages: Pages, session: Session, role: str, start: str | None
) -> None:
    user = make_user(session, roles=[role])
    page = log_in(pages, user.email)
    assert page.status == 303
    assert start is None or page.location == start
    assert pages.get(page.location).status == 200


def test_the_link_of_the_letter_confirms_only_by_its_button(
    app: Application, pages: Pages, session: Session
) -> None:
    pages.post("identity.join_as", form(), kind="expert")
    user = queries.by_email(session, "ada@example.org")
    assert user
    link = link_in(letters_to(app, user.email)[-1], "/confirm/")
    page = pages.get(link)
    assert "ada@example.org" in page.text
    session.expire_all()
    assert user.email_confirmed_at is None
    assert pages.post(link).status == 303
    assert user.email_confirmed_at is not None
    assert "not confirmed" not in pages.get("identity.settings").text
    assert pages.post(link).status == 303  # pressing it twice does no harm
    visitor = Pages(app, session)
    assert visitor.post(link).location == "/login"
    assert not is_signed_in(visitor)


def test_the_link_of_the_letter_leads_back_to_the_job_one_came_for(
    app: Application, pages: Pages, session: Session
) -> None:
    pages.post("identity.join_as", {**form(), "next": "/jobs/heart?a=1&b=2"}, kind="expert")
    link = link_in(letters_to(app, "ada@example.org")[-1], "/confirm/")
    confirm = pages.get(link)
    assert confirm.value("next") == "/jobs/heart?a=1&b=2"
    assert pages.post(link, {"next": confirm.value("next")}).location == "/jobs/heart?a=1&b=2"
    visitor = Pages(app, session)
    assert visitor.post(link, {"next": "/jobs/heart"}).location == "/login?next=/jobs/heart"


@pytest.mark.parametrize("away", ["//evil.example", "https://evil.example/", "/\\evil.example", "jobs"])
def test_the_link_of_the_letter_leads_nowhere_else(
    app: Application, pages: Pages, session: Session, away: str
) -> None:
    pages.post("identity.join_as", {**form(), "next": away}, kind="expert")
    link = link_in(letters_to(app, "ada@example.org")[-1], "/confirm/")
    assert "next=" not in link
    assert pages.post(link, {"next": away}).location == "/home"


@pytest.mark.parametrize("path", ["/confirm/nonsense", "/reset/nonsense", "/confirm/a.b.c"])
def test_a_broken_link_is_gone(pages: Pages, path: str) -> None:
    assert pages.get(path).status == 410
    assert pages.post(path, {"password": PASSWORD}).status == 410
