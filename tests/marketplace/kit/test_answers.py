"""Every answer carries its headers, refusals in front of the views too, and a supervisor gets an answer."""

import io
import re
import uuid

import pytest


@pytest.fixture
def guarded(app, monkeypatch):
    """The product with its protection against forged forms on."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    return app.test_client()


def test_a_supervisor_is_told_that_a_migrated_database_is_ready(pages):
    answer = pages.client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (200, "ok")
    assert pages.client.get("/healthz").json == {"status": "ok"}


def test_a_form_without_a_token_is_refused_with_a_nonce_and_a_request_id(guarded):
    answer = guarded.post("/login", data={"email": "a@b.example"})
    assert answer.status_code == 400
    assert re.search("'nonce-[^']{16,}'", answer.headers["Content-Security-Policy"])
    assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize("path", ["/login?next=%00", "/nowhere", "/jobs/%00"])
def test_every_refusal_has_a_nonce_and_a_request_id(guarded, path):
    answer = guarded.get(path)
    assert 400 <= answer.status_code < 500
    assert re.search("'nonce-[^']{16,}'", answer.headers["Content-Security-Policy"])
    assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize("path", ["/login", "/forgot", "/join/expert"])
def test_a_file_in_the_place_of_a_text_is_no_text(pages, path):
    answer = pages.client.post(path, data={"email": (io.BytesIO(b"a@b.example"), "a.txt")})
    assert answer.status_code == 422


@pytest.mark.parametrize("body", [[1], 5, {"email": 5, "password": ["x"]}, {"email": {"a": "b"}}])
def test_json_in_the_place_of_a_form_is_an_empty_form(pages, body):
    answer = pages.client.post("/login", json=body)
    assert answer.status_code == 422


NO_FORM = {"identity.log_out", "stripe.webhook", "home.skip", "home.bring_back"}  # below the start page alone


def only_sent_to(app):
    """Every rule of the map that takes a POST while its address answers no GET."""
    readable = {rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    return [rule for rule in app.url_map.iter_rules() if "POST" in rule.methods and rule.rule not in readable]


def test_an_address_that_is_only_sent_to_leads_to_the_page_of_its_form(pages):
    adapter = pages.app.url_map.bind("localhost")
    values = {"uuid": uuid.UUID(int=7), "int": 1, "any": "ops", "default": "some-text"}
    wrong = {}
    for rule in only_sent_to(pages.app):
        kinds = re.findall(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>", rule.rule)
        path = adapter.build(rule.endpoint, {name: values[kind or "default"] for kind, name in kinds}, "POST")
        answer = pages.client.get(path)
        if rule.endpoint in NO_FORM:
            good = answer.status_code == 405
        else:
            above = answer.headers.get("Location", "")
            good = answer.status_code == 303 and path.startswith(f"{above}/") and adapter.test(above, "GET")
        if not good:
            wrong[rule.endpoint] = (path, answer.status_code, answer.headers.get("Location"))
    assert not wrong
    assert len(only_sent_to(pages.app)) > 100


def test_scripts_and_odd_addresses_are_still_told_no(pages):
    path = f"/staff/credentials/{uuid.UUID(int=7)}/verify"
    assert pages.client.get(path, headers={"Accept": "application/json"}).status_code == 405
    assert pages.client.put(path).status_code == 405
    assert pages.client.get(f"/{path}").headers.get("Location", "").startswith("//") is False
    download = f"/profile/credentials/{uuid.UUID(int=7)}/files/{uuid.UUID(int=8)}/remove"
    assert pages.client.get(download).headers["Location"] == f"/profile/credentials/{uuid.UUID(int=7)}/files"
