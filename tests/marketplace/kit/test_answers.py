"""Every answer carries its headers, refusals in front of the views too, and a supervisor gets an answer."""

import io
import re

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
