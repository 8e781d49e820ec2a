"""A browser without scripts: opens pages, sends forms, and checks every page it sees."""

from typing import Any

import html5lib
from flask import url_for
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from marketplace.identity import service as identity
from marketplace.identity.models import User
from marketplace.kit.application import Application

_HTML = "{http://www.w3.org/1999/xhtml}"


class Page:
    """One answer: its status, its parsed tree, its text."""

    def __init__(self, answer: TestResponse) -> None:
        self.answer = answer
        self.status = answer.status_code
        self.location = answer.headers.get("Location", "")
        self.is_html = answer.mimetype == "text/html" and bool(answer.data)
        self.tree = html5lib.parse(answer.text) if self.is_html else None
        if self.is_html and self.status < 300 and answer.request.headers.get("HX-Request") != "true":
            self._check()

    @property
    def text(self) -> str:
        """What a person reads, spaces folded."""
        assert self.tree is not None
        body = self.tree.find(f"{_HTML}body")
        return " ".join("".join(body.itertext()).split())

    def all(self, tag: str) -> list[Any]:
        """Every element of this name."""
        assert self.tree is not None
        return list(self.tree.iter(_HTML + tag))

    def errors(self) -> str:
        """The messages at the fields."""
        return " ".join(
            " ".join("".join(node.itertext()).split())
            for tag in ("p", "span", "div", "li")
            for node in self.all(tag)
            if "error" in node.get("class", "").split()
        )

    def value(self, name: str) -> str:
        """The value of the first input or text area of this name."""
        for tag in ("input", "textarea", "select"):
            for node in self.all(tag):
                if node.get("name") == name:
                    return (node.text or "").lstrip("\n") if tag == "textarea" else node.get("value", "")
        raise AssertionError(f"no field {name!r}")

    def _check(self) -> None:
        assert len(self.all("h1")) == 1, f"{len(self.all('h1'))} h1"
        title = self.all("title")
        assert title, "no title"
        assert (title[0].text or "").strip(), "empty title"
        ids = [node.get("id") for node in self.tree.iter() if node.get("id")]  # type: ignore[union-attr]
        assert len(ids) == len(set(ids)), f"double ids: {sorted({i for i in ids if ids.count(i) > 1})}"
        for node in self.tree.iter():  # type: ignore[union-attr]
            assert not node.get("style"), "an inline style"
            assert not [name for name in node.attrib if str(name).startswith("on")], "an inline handler"
        for script in self.all("script"):
            data = script.get("type") in {"application/json", "application/ld+json"}
            inline = not data and not script.get("src")
            assert not inline, "an inline script"
        labels = {label.get("for") for label in self.all("label")}
        inside = {id(node) for label in self.all("label") for node in label.iter()}
        for tag in ("input", "select", "textarea"):
            for field in self.all(tag):
                named = field.get("id") in labels or id(field) in inside or field.get("aria-label")
                hidden = field.get("type") in {"hidden", "submit", "button"} or field.get("aria-labelledby")
                assert named or hidden, f"a field without a label: {field.attrib}"


class Pages:
    """Visits by endpoint; `enter(user)` signs in without the form, for tests about something else."""

    def __init__(self, app: Application, session: Session | None = None) -> None:
        self.app, self.session = app, session
        self.client = app.test_client()

    def enter(self, user: User, acting: str | None = None) -> "Pages":
        """Be this User from now on (a SignIn row and its cookie); `session` must be given."""
        assert self.session is not None
        signed = identity.open_sign_in(self.session, user, device="test")
        if acting:
            identity.act_as(self.session, signed.sign_in, acting)
        self.session.flush()  # the request runs in another session on the same connection
        self.client.set_cookie(self.app.cookie, signed.token)
        return self

    def leave(self) -> "Pages":
        """Be nobody."""
        self.client.delete_cookie(self.app.cookie)
        return self

    def get(self, endpoint: str, *, headers: dict[str, str] | None = None, **values: Any) -> Page:
        """Open a page by endpoint or by path."""
        return self._page(self.client.get(self.path(endpoint, **values), headers=headers))

    def post(self, endpoint: str, data: Any = None, *, json: Any = None, **values: Any) -> Page:
        """Send a form (or JSON)."""
        if self.session is not None:
            self.session.flush()  # what the test wrote must be seen by the request
        path = self.path(endpoint, **values)
        page = self._page(self.client.post(path, data=data, json=json))
        if self.session is not None:
            self.session.expire_all()
        return page

    def path(self, endpoint: str, **values: Any) -> str:
        """The address of an endpoint."""
        if endpoint.startswith("/"):
            return endpoint
        with self.app.test_request_context():
            return url_for(endpoint, **values)

    def _page(self, answer: TestResponse) -> Page:
        return Page(answer)
