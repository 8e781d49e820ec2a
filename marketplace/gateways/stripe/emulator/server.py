"""The emulator itself: a WSGI application for `/v1/*`, and the door for pages and tests."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.wrappers import Request, Response

from marketplace.gateways.stripe.emulator import answers, events, faults, operations
from marketplace.gateways.stripe.emulator.answers import Answer
from marketplace.gateways.stripe.emulator.call import Call, no_rows
from marketplace.gateways.stripe.emulator.faults import Fault
from marketplace.gateways.stripe.emulator.params import read
from marketplace.gateways.stripe.emulator.store import Body, Books, Rules, Store, tentative
from marketplace.gateways.stripe.emulator.wire import (
    CONFLICT,
    FORBIDDEN,
    NOT_FOUND,
    SERVER_ERROR,
    TOO_MANY,
    UNAUTHORIZED,
    ApiError,
    nest,
    new_id,
)
from marketplace.gateways.stripe.events import Endpoint

LOST = "Emulator-Lost"  # the transport turns this header into a broken connection
MOST_BYTES = 256 * 1024
Post = Callable[[Endpoint, bytes, str], int]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, for whoever watches."""

    method: str
    path: str
    pairs: tuple[tuple[str, str], ...]
    status: int
    body: Body


class Emulator:
    """A payment provider in the file `path`; safe with several processes, and nothing is lost on restart."""

    def __init__(self, path: Path, *, rules: Rules, secrets: Mapping[Endpoint, str] | None = None) -> None:
        self._store = Store(path, rules)
        self.watchers: list[Callable[[Exchange], None]] = []
        given = secrets or {}
        with self._store.books() as books:  # made once, the same for every process on this file
            self.secret_key = books.fact("secret_key", new_id("sk_test_"))
            self.secrets = {
                endpoint: given.get(endpoint) or books.fact(f"secret:{endpoint.value}", new_id("whsec_"))
                for endpoint in Endpoint
            }

    @contextmanager
    def books(self) -> Iterator[Books]:
        """The state, in one transaction, with everything done that time has brought."""
        with self._store.books() as books:
            operations.advance(books)
            answers.forget_old(books)
            yield books

    def order(self, fault: Fault, *, method: str = "POST", path: str = "/v1/transfers") -> None:
        """Let the next request that fits have an accident."""
        with self.books() as books:
            faults.order(books, fault, method=method, path=path)

    def deliver(self, post: Post) -> int:
        """Offer every waiting event to `post`; returns how many were taken."""
        with self.books() as books:
            waiting = events.claim_waiting(books)
        count = 0
        for webhook in waiting:
            taken = events.hand_over(webhook, self.secrets, post)
            with self.books() as books:
                events.settle(books, webhook, taken=taken)
            count += taken
        return count

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """WSGI."""
        request, request_id = Request(environ), new_id("req_")
        answer, headers = self._answer(request, request_id)
        headers = {"Request-Id": request_id, "Stripe-Version": events.API_VERSION, **headers}
        if answer.original is not None:
            headers |= {"Idempotent-Replayed": "true", "Original-Request": answer.original}
        body = json.dumps(answer.body)
        response = Response(body, answer.status, headers, mimetype="application/json")
        return response(environ, start_response)

    def _answer(self, request: Request, request_id: str) -> tuple[Answer, dict[str, str]]:
        try:
            self._admit(request)
            form = _form(request)
            pairs = tuple(_pairs(request, form))
        except ApiError as error:
            return Answer(error.status, error.body), {}
        with self.books() as books:
            fault = faults.take(books, request.method, request.path)
            try:
                with tentative(books):
                    answer = _Turn(books, request, form, request_id, fault).answer()
            except ApiError as error:
                answer = Answer(error.status, error.body)
        for watch in self.watchers:
            watch(Exchange(request.method, request.path, pairs, answer.status, answer.body))
        return _disturbed(answer, fault)

    def _admit(self, request: Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {self.secret_key}":
            raise ApiError("Invalid API Key provided.", status=UNAUTHORIZED, saved=False)


class _Turn:
    """One request inside its transaction."""

    def __init__(
        self, books: Books, request: Request, form: str, request_id: str, fault: Fault | None
    ) -> None:
        self.books, self.request, self.form = books, request, form
        self.request_id, self.fault = request_id, fault

    def answer(self) -> Answer:
        refusal = _refusal(self.fault)
        if refusal is not None:
            raise refusal
        if self.fault is Fault.UNREACHABLE:
            return Answer(SERVER_ERROR, _broken())
        if self.fault is Fault.DROP_KEYS:
            answers.forget_all(self.books)
        key = self.request.headers.get("Idempotency-Key")
        if key is None or self.request.method != "POST":
            return self._work()
        print_ = answers.fingerprint(self.request.method, self.request.path, self.form)
        kept = answers.repeated(self.books, key, print_)
        if kept is not None:
            return kept
        answer = self._keyed_work()
        answers.keep(self.books, key, print_, answer, self.request_id)
        return answer

    def _keyed_work(self) -> Answer:
        """An error that came after work had begun is an answer to keep; another one is raised."""
        if self.fault is Fault.STICKY_ERROR:
            return Answer(SERVER_ERROR, _broken())
        if self.fault is Fault.REFUSED:
            closed = ApiError("This account is closed.", code="account_invalid", param="destination")
            return Answer(closed.status, closed.body)
        try:
            with tentative(self.books):
                answer = self._work()
        except ApiError as error:
            if not error.saved:
                raise
            answer = Answer(error.status, error.body)
        return Answer(SERVER_ERROR, _broken()) if self.fault is Fault.STICKY_AFTER else answer

    def _work(self) -> Answer:
        found = operations.find(self.request.method, self.request.path)
        if found is None:
            said = f"Unrecognized request URL ({self.request.method}: {self.request.path})."
            raise ApiError(said, status=NOT_FOUND, saved=False)
        operation, ids = found
        values = read(operation.params, nest(_pairs(self.request, self.form)))
        if operation.lists and self.fault is Fault.HIDE_LISTS:
            return Answer(200, no_rows(operation.path))
        account = self.request.headers.get("Stripe-Account")
        if account is not None and not (operation.for_accounts and self.books.get("account", account)):
            said = f"The provided key does not have access to account '{account}'."
            raise ApiError(said, code="account_invalid", status=FORBIDDEN, saved=False)
        body = operation.handler(Call(self.books, values, ids, account))
        return Answer(200, operations.expand(self.books, body, values.get("expand", [])))


def _refusal(fault: Fault | None) -> ApiError | None:
    if fault is Fault.RATE_LIMIT:
        return ApiError(
            "Too many requests hit the API too quickly.", code="rate_limit", status=TOO_MANY, saved=False
        )
    if fault is Fault.KEY_IN_USE:
        return ApiError(
            "There is currently another in-progress request using this key.",
            code="idempotency_key_in_use",
            kind="idempotency_error",
            status=CONFLICT,
            saved=False,
        )
    return None


def _disturbed(answer: Answer, fault: Fault | None) -> tuple[Answer, dict[str, str]]:
    """What is left of the answer on its way back."""
    if fault is Fault.SERVER_ERROR:
        return Answer(SERVER_ERROR, _broken()), {}
    if fault in {Fault.LOST_RESPONSE, Fault.UNREACHABLE}:
        return answer, {LOST: "1"}
    kept = answer.status >= SERVER_ERROR  # saved under the key: asking again brings the same
    return answer, {"Stripe-Should-Retry": "false"} if kept else {}


def _broken() -> Body:
    return {"error": {"type": "api_error", "message": "An unknown error occurred."}}


def _form(request: Request) -> str:
    if (request.content_length or 0) > MOST_BYTES:
        raise ApiError("Request body too large.", saved=False)
    return request.get_data(as_text=True, cache=False)


def _pairs(request: Request, form: str) -> Iterable[tuple[str, str]]:
    source = form if request.method == "POST" else request.query_string.decode()
    return parse_qsl(source, keep_blank_values=True)
