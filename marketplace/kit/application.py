"""One request, one transaction: the seam between Flask and the database."""

import random
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

import structlog
from flask import Flask, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from marketplace.kit import access
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Busy
from marketplace.kit.web import AfterCommit

READING = {"GET", "HEAD", "OPTIONS"}
TRIES = 5
_PASSING = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available
log = structlog.get_logger()


class Visitor(Protocol):
    """Whoever asks; `seen_at` is set when the SignIn's last use is to be noted."""

    @property
    def roles(self) -> frozenset[str]: ...

    @property
    def touch_at(self) -> datetime | None: ...


class Application(Flask):
    """Flask with our transaction around every view."""

    sessions: Sessions
    who: Callable[[Session, str | None], Any]
    touch: Callable[[Session, Any], None]
    cookie: str

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view; what needs the network runs after the commit, once."""
        answer: Any = self._until_it_passes()
        visitor = g.get("visitor")
        if visitor is not None and visitor.touch_at is not None:
            with transaction(self.sessions) as session:
                self.touch(session, visitor)
        return answer.call() if isinstance(answer, AfterCommit) else answer

    def _until_it_passes(self) -> ResponseReturnValue:
        for attempt in range(1, TRIES + 1):
            try:
                return self._in_one_transaction()
            except DBAPIError as error:
                if not may_pass(error) or request.files:
                    raise
                log.info("request_repeated", attempt=attempt, path=request.path)
                time.sleep(random.uniform(0, 0.05 * attempt))  # noqa: S311 - jitter, not a secret
        raise Busy("We are busy. Try again in a moment.")

    def _in_one_transaction(self) -> ResponseReturnValue:
        try:
            with transaction(self.sessions, write=request.method not in READING) as g.session:
                g.visitor = self.who(g.session, request.cookies.get(self.cookie))
                view = self.view_functions.get(request.endpoint or "")
                if view is not None:
                    access.admit(view, g.visitor)
                return super().dispatch_request()
        finally:
            g.pop("session", None)  # error pages and streamed bodies run later and have no database


def may_pass(error: DBAPIError) -> bool:
    """Whether the same request can succeed when it is repeated: deadlock, serialization, SQLite's lock."""
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state in _PASSING
    return isinstance(error, OperationalError) and "locked" in str(error.orig)
