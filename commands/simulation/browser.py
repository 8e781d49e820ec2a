"""A visitor's browser without scripts: opens pages, fills in the forms it finds there, follows redirects.

It knows nothing of the program behind the pages.  A server that goes away and comes back is waited for, and a
form is sent again with the same hidden key, as an impatient person would.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

TIMEOUT_SECONDS = 30
Pairs = list[tuple[str, str]]
File = tuple[str, bytes, str]


class Lost(Exception):
    """The server stayed away for too long, or answered what a visitor cannot go on with."""


@dataclass(slots=True)
class Form:
    """A form as a page shows it: where it goes, what its controls hold, which type of task it answers."""

    action: str
    method: str
    kind: str = ""
    fields: Pairs = field(default_factory=list)
    buttons: Pairs = field(default_factory=list)

    def value(self, name: str) -> str:
        """What the control of this name holds."""
        return next(value for key, value in self.fields if key == name)

    def names(self) -> set[str]:
        """The names of all controls."""
        return {name for name, _ in self.fields}


@dataclass(slots=True)
class Page:
    """One answer: its address after redirects, its status, its forms, its links.

    `marked` is the text of what a visitor tells apart: `resp:<id>`, `answer`, `prompt`, `steps`,
    `talk`, `errors`.
    """

    url: str
    status: int
    html: str
    forms: list[Form]
    links: list[str]
    marked: dict[str, str]

    @property
    def path(self) -> str:
        """The path of the address."""
        return urlsplit(self.url).path

    def form(self, action_part: str) -> Form:
        """The form whose address ends with this text, or contains it; Lost when there is none."""
        for fits in (str.endswith, str.__contains__):
            for form in self.forms:
                if fits(form.action, action_part):
                    return form
        raise Lost(f"{self.path} ({self.status}) has no form for {action_part!r}; it has {self._actions()}")

    def has_form(self, action_part: str) -> bool:
        """Whether such a form is there."""
        return any(action_part in form.action for form in self.forms)

    def _actions(self) -> list[str]:
        return [form.action for form in self.forms]


class Browser:
    """One visitor with their own cookies; a missing server is waited for, `patience_seconds` long."""

    def __init__(self, base: str, *, patience_seconds: float = 120.0) -> None:
        self._base, self._patience = base.rstrip("/"), patience_seconds
        self._http = requests.Session()
        self._http.headers.update({"Accept": "text/html", "User-Agent": "assay-simulation"})

    def get(self, path: str) -> Page:
        """Open a page."""
        return self._page("GET", path)

    def send(
        self,
        page: Page,
        action_part: str,
        values: Mapping[str, Any] | None = None,
        *,
        files: Mapping[str, File] | None = None,
        to: str = "",
    ) -> Page:
        """Fill in the form of `page` that goes to `action_part` and send it, hidden fields as they are.

        `to` is where another button of the form sends it.

        A value may be a list (several boxes).  Names the form does not have are sent all the same: what a
        script would add.
        """
        form = page.form(action_part)
        given = {name: _texts(value) for name, value in (values or {}).items()}
        pairs = [(name, value) for name, value in form.fields if name not in given]
        pairs += [(name, value) for name, several in given.items() for value in several]
        target = urljoin(page.url, to or form.action)
        return self._page("POST", target, data=pairs, files=files)

    def post(self, page: Page, action_part: str, body: Mapping[str, Any]) -> Page:
        """Send JSON to where a form of `page` goes, as a script on it would."""
        form = page.form(action_part)
        headers = {"X-CSRFToken": form.value("csrf_token"), "Accept": "application/json"}
        return self._page("POST", urljoin(page.url, form.action), json=body, headers=headers)

    def download(self, path: str) -> bytes:
        """The bytes of a file; Lost when it is not there."""
        answer = self._ask("GET", path)
        if answer.status_code != requests.codes.ok:
            raise Lost(f"GET {path} answered {answer.status_code}")
        return answer.content

    def _page(self, method: str, path: str, **sent: Any) -> Page:
        answer = self._ask(method, path, **sent)
        reader = _Reader(answer.url)
        if "html" in answer.headers.get("Content-Type", ""):
            reader.feed(answer.text)
        return Page(answer.url, answer.status_code, answer.text, reader.forms, reader.links, reader.texts())

    def _ask(self, method: str, path: str, **sent: Any) -> requests.Response:
        """Ask until there is an answer: connections that are refused or torn are tried again."""
        url = urljoin(self._base + "/", path.lstrip("/")) if not path.startswith("http") else path
        waited = 0.0
        while True:
            try:
                answer = self._http.request(method, url, timeout=TIMEOUT_SECONDS, **sent)
                if answer.status_code not in {502, 503, 504, 429}:
                    return answer
            except (requests.ConnectionError, requests.Timeout) as error:
                if waited >= self._patience:
                    raise Lost(f"{method} {url}: no server for {waited:.0f} seconds") from error
            if waited >= self._patience:
                raise Lost(f"{method} {url}: busy for {waited:.0f} seconds")
            time.sleep(0.25)
            waited += 0.25


class _Reader(HTMLParser):
    """Finds forms with their controls, and links."""

    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._marks: dict[str, list[str]] = {}
        self._open: list[tuple[str, str, int]] = []  # (mark, tag, depth of that tag)
        self._response = ""
        self._url = url
        self._form: Form | None = None
        self._named: dict[str, Form] = {}
        self._area: str | None = None
        self._text: list[str] = []
        self._select: str | None = None
        self._home_form: Form | None = None  # of the text area or list that is open
        self._first_option: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open forms and controls."""
        given = {name: value or "" for name, value in attrs}
        self._open = [(mark, name, depth + (name == tag)) for mark, name, depth in self._open]
        if "data-resp" in given:
            self._response = given["data-resp"]
        if mark := _mark(given, self._response, judged=any(mark == "judged" for mark, _, _ in self._open)):
            self._open.append((mark, tag, 1))
            self._marks.setdefault(mark, [])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            self._form = self._new(given)
        elif tag == "option" and self._select and self._home_form is not None:
            self._option(self._home_form, given)
        elif (form := self._home(given)) is not None:
            self._control(form, tag, given)

    def _new(self, given: dict[str, str]) -> Form:
        form = self._named.get(given.get("id", "")) or Form("", "get")
        form.action, form.method = given.get("action") or self._url, given.get("method", "get").lower()
        form.kind = given.get("data-type", "")
        if form.method != "dialog":  # closes its dialog and goes nowhere
            self.forms.append(form)
        return form

    def _home(self, given: dict[str, str]) -> Form | None:
        """The form a control belongs to: the one it names, which may come later, or the one around it."""
        if "form" in given:
            return self._named.setdefault(given["form"], Form("", "get"))
        return self._form

    def _control(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "input" and name:
            self._input(form, name, given)
        elif tag == "button" and name:
            form.buttons.append((name, given.get("value", "")))
        elif tag == "textarea" and name:
            self._area, self._text, self._home_form = name, [], form
        elif tag == "select" and name:
            self._select, self._first_option, self._home_form = name, None, form

    def _input(self, form: Form, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in {"checkbox", "radio"}:
            if "checked" in given:
                form.fields.append((name, given.get("value", "on")))
        elif kind not in {"submit", "button", "file", "image"}:
            form.fields.append((name, given.get("value", "")))

    def _option(self, form: Form, given: dict[str, str]) -> None:
        if "selected" in given:
            form.fields.append((self._select or "", given.get("value", "")))
            self._select = None
        elif self._first_option is None:
            self._first_option = given.get("value", "")

    def texts(self) -> dict[str, str]:
        """What stands in each marked element, spaces folded."""
        return {mark: " ".join("".join(parts).split()) for mark, parts in self._marks.items()}

    def handle_data(self, data: str) -> None:
        """Keep the text of a text area, and of whatever is marked."""
        for mark, _, _ in self._open:
            self._marks[mark].append(data)
        if self._area is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Close forms and controls."""
        self._open = [(mark, name, depth - (name == tag)) for mark, name, depth in self._open]
        self._open = [row for row in self._open if row[2] > 0]
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._area is not None and self._home_form is not None:
            self._home_form.fields.append((self._area, "".join(self._text).removeprefix("\n")))
            self._area = None
        elif tag == "select" and self._select and self._home_form is not None:
            if self._first_option is not None:
                self._home_form.fields.append((self._select, self._first_option))
            self._select = None


def _mark(given: dict[str, str], response: str, *, judged: bool) -> str | None:
    """What an element is told apart as; of responses and answers only the words: letters differ by person."""
    classes = given.get("class", "").split()
    if "resp-body" in classes and response:
        return f"resp:{response}"
    if "prose" in classes and judged:
        return "answer"
    known = {
        "verdict-answer": "judged",
        "prompt": "prompt",
        "step-said": "steps",
        "msgs": "talk",
        "summary": "errors",
        "oops": "errors",
    }
    return next((known[name] for name in classes if name in known), None)


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]
