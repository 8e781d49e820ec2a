"""What a view needs around its one verb: the session, the visitor, clean input, the right answer."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar, cast
from urllib.parse import urlencode

from flask import current_app, g, redirect, request, send_file, url_for
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter

from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Invalid, NotFound, Refusal

T = TypeVar("T")
B = TypeVar("B", bound=BaseModel)
DEPTH = 64
BIGGEST = 2**63 - 1
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'none'"
PDF = "application/pdf"
READER = (  # the reader of a browser does not start in a sandbox; it is a page of its own, without our origin
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_UNCLEAN = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class AfterCommit:
    """An answer that needs the network: `call` runs once, after the commit, outside any transaction."""

    call: Callable[[], ResponseReturnValue]


def after_commit(call: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """Answer with what `call` returns, run once after the commit: for a view that needs the network."""
    return cast("ResponseReturnValue", AfterCommit(call))  # the application unwraps it; Flask never sees it


class BadInput(Refusal):
    """A body that cannot be text or JSON of ours."""

    status_code, code = 400, "bad_input"


def db() -> Session:
    """The session of this request's transaction."""
    return cast("Session", g.session)


def sessions() -> Sessions:
    """Where the call of an AfterCommit gets its own, second transaction."""
    return cast("Sessions", cast("Any", current_app).sessions)


def wired(kind: type[T]) -> T:
    """The instance of `kind` that app.py wired (settings, gateways, signer)."""
    return cast("T", current_app.extensions["assay"][kind])


def here(**more: object) -> str:
    """The address of this page with the query it came with; `more` stands in place of values of that name."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in more]
    query = urlencode([*kept, *more.items()])
    return f"{url_for(str(request.endpoint), **(request.view_args or {}))}?{query}"


def found(thing: T | None, otherwise: Refusal | None = None) -> T:
    """The thing, or `otherwise`, by default NotFound (404): unknown and foreign look the same."""
    if thing is None:
        raise otherwise or NotFound("That page does not exist, or it is not yours.")
    return thing


def asked_id(name: str) -> uuid.UUID | None:
    """The id that the query names, or None; NotFound (404) for what is no id."""
    text = request.args.get(name)
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return found(None)


def see_other(endpoint: str, **values: Any) -> ResponseReturnValue:
    """Redirect after a POST (303), so that going back and reloading never posts again."""
    return redirect(url_for(endpoint, **values), 303)


def settled(verb: Callable[[Session], object], endpoint: str, **values: Any) -> ResponseReturnValue:
    """Do what a passed deadline asks for, then load the page again.

    A page is read-only, so `verb` gets a transaction of its own.  The worker does the same each minute.
    """

    def call() -> ResponseReturnValue:
        with transaction(sessions()) as session:
            verb(session)
        return see_other(endpoint, **values)

    return after_commit(call)


def attachment(
    stream: BinaryIO, *, content_type: str, name: str, inline: bool = False
) -> ResponseReturnValue:
    """A file to keep, never shown as a page of ours nor cached; the stream is closed after it is sent.

    `inline` shows it in the browser, for pictures and PDF; in any case it may run nothing and load nothing.
    """
    answer = send_file(stream, mimetype=content_type, as_attachment=not inline, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = READER if inline and content_type == PDF else SANDBOX
    return answer


def is_fragment() -> bool:
    """A part of the page is wanted (htmx), not all of it."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def wants_json() -> bool:
    """The caller is a script of ours that reads JSON."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json"


def local_path(target: str | None, otherwise: str) -> str:
    """Where to go after signing in: only a path of this site, never another host."""
    if target and re.fullmatch(r"/(?![/\\])[^\\\x00-\x20]*", target):
        return target
    return otherwise


def read_body(model: type[B]) -> B:
    """The JSON body as `model`; BadInput (400) when it is not JSON, Invalid (422) when a value is wrong."""
    if not request.is_json:
        raise BadInput("Send JSON.")
    try:
        body = model.model_validate_json(request.get_data(cache=False))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        if first["type"] in {"json_invalid", "recursion_loop"}:
            raise BadInput("This is not JSON we can read.") from None
        place = ".".join(str(part) for part in first["loc"])
        raise Invalid(f"{place}: {first['msg']}") from None
    clean_json(body.model_dump())
    return body


def clean_text(text: str) -> str:
    """The text, or BadInput: NUL and lone surrogates fit no database."""
    if _UNCLEAN.search(text):
        raise BadInput("The text contains a character that cannot be stored. Remove it and send again.")
    return text


def clean_json(value: Any, depth: int = 0) -> Any:
    """The JSON value unchanged, or BadInput: bounded depth and integers, clean text, no NaN."""
    if depth > DEPTH:
        raise BadInput("The data is nested too deeply.")
    if isinstance(value, str):
        clean_text(value)
    elif isinstance(value, dict):
        clean_json([*value, *value.values()], depth + 1)
    elif isinstance(value, list | tuple):
        for item in value:
            clean_json(item, depth + 1)
    elif isinstance(value, int | float) and not abs(value) <= BIGGEST:  # NaN compares false too
        raise BadInput("A number is too large, or is none.")
    return value


def clean_request() -> None:
    """Refuse unclean text in the query string, the form and the path before any view runs."""
    for source in (request.args, request.form):
        for key, values in source.lists():
            clean_text(key)
            for value in values:
                clean_text(value)
    clean_text(request.path)


class BoundedJSON(DefaultJSONProvider):
    """Flask's JSON, without NaN and without a RecursionError for deep nesting."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Parse, or ValueError (Flask answers 400)."""
        try:
            return super().loads(s, parse_constant=self._refuse, **kwargs)
        except RecursionError:
            raise ValueError("nested too deeply") from None

    @staticmethod
    def _refuse(name: str) -> None:
        raise ValueError(f"{name} is not JSON")


class BoundedInteger(IntegerConverter):
    """Integers in addresses that every column can hold; larger ones are 404."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max": BIGGEST, **kwargs})
