"""The frame of every answer: headers for browsers, and pages for what went wrong."""

import secrets
import uuid
from urllib.parse import quote

import structlog
from flask import Flask, Response, current_app, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from marketplace.kit.errors import NotSignedIn, Refusal, StepFirst, TooMany
from marketplace.kit.web import local_path, wants_json

log = structlog.get_logger()
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "object-src 'none'; frame-ancestors 'none'"
)
FILES = "files"  # the folder of an address in which downloads lie
YEAR_SECONDS = 365 * 86400
SENTENCES = {
    400: ("We could not read that", "Go back, check what you sent and try again."),
    401: ("Sign in first", "This page is for people who have signed in."),
    403: ("Not open to you", "Your role does not include this page."),
    404: ("Nothing here", "That page does not exist, or it is not yours."),
    405: ("Not that way", "This address does not take that kind of request."),
    409: ("That has changed", "Load the page again to see how things stand."),
    410: ("This link has run out", "Ask for a new one."),
    413: ("Too large", "Send a smaller file or less text."),
    415: ("Not that format", "Send a format this page takes."),
    422: ("Something is missing", "Check the marked fields."),
    429: ("Too many tries", "Wait a little, then try again."),
    500: ("Our mistake", "It has been noted. Nothing you saved is lost; try again in a minute."),
    503: ("Busy", "We could not take this in time. Nothing was changed; try again in a moment."),
}


def install(app: Flask, *, secure: bool) -> None:
    """Give every answer its headers and every failure its page."""

    @app.before_request
    def _name_request() -> None:
        g.request_id = uuid.uuid4().hex
        g.csp_nonce = secrets.token_urlsafe(16)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id, path=request.path)

    @app.after_request
    def _dress(response: Response) -> Response:
        return _headers(response, secure=secure)

    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def _headers(response: Response, *, secure: bool) -> Response:
    headers = response.headers
    headers.setdefault(
        "Content-Security-Policy", POLICY.format(nonce=g.get("csp_nonce", ""))
    )  # or a stricter one
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
    if secure:
        headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}; includeSubDomains"
    if request.endpoint not in {"static", "favicon"}:
        headers.setdefault("Cache-Control", "no-store")
        headers.add("Vary", "HX-Request, Cookie")
    if "request_id" in g:
        headers["X-Request-Id"] = g.request_id
    return response


def _refused(refusal: Refusal) -> ResponseReturnValue:
    if isinstance(refusal, NotSignedIn) and request.method == "GET" and not wants_json():
        return redirect(url_for("identity.log_in", next=request.full_path.rstrip("?")), 303)
    if isinstance(refusal, StepFirst) and (request.method == "GET" or refusal.back) and not wants_json():
        return redirect(url_for(refusal.endpoint, next=refusal.back), 303)
    answer = page(refusal.status_code, refusal.message, code=refusal.code)
    if isinstance(refusal, TooMany):
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


def _forged(error: CSRFError) -> ResponseReturnValue:
    sentence = "This page was open for too long or in another sign-in. Load it again, then send it."
    return page(400, sentence, code="old_page")


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:  # noqa: PLR2004 - a redirect is no failure
        return error.get_response()
    above = _page_above() if isinstance(error, MethodNotAllowed) else None
    if above:
        return redirect(quote(above), 303)
    answer = page(error.code)
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            answer.headers[name] = value
    return answer


def _page_above() -> str | None:
    """Where the form stands whose address was opened or loaded again: the nearest page above it, if any.

    The start page is above everything and holds no form; what lies in a folder of files is no page.
    """
    adapter = current_app.create_url_adapter(request)
    if adapter is None or request.method not in {"GET", "HEAD"} or wants_json() or request.is_json:
        return None
    parts = request.path.split("/")
    for count in range(len(parts) - 1, 1, -1):
        path = local_path("/".join(parts[:count]), "")
        if path and parts[count - 2] != FILES and adapter.test(path, "GET"):
            return path
    return None


def _broken(error: Exception) -> ResponseReturnValue:
    log.error("request_failed", exc_info=error)
    return page(500)


def page(status: int, sentence: str | None = None, *, code: str = "") -> Response:
    """The page (or JSON) of a failure; drawn after the rollback, so it knows no database and no visitor."""
    title, advice = SENTENCES.get(status, SENTENCES[400 if status < 500 else 500])  # noqa: PLR2004 - 5xx is ours
    g.visitor = None
    if wants_json() or request.is_json:
        answer = jsonify(
            error=code or title.lower().replace(" ", "_"), message=sentence or advice, status=status
        )
    else:
        answer = Response(
            render_template(
                "errors/page.html", status=status, title=title, sentence=sentence or advice, advice=advice
            )
        )
    answer.status_code = status
    return answer
