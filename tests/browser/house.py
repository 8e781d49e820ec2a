"""The whole product behind a real port, on a database of its own; the test is its worker."""

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.orm import Session
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from app import create_app
from marketplace.kit import clock
from marketplace.kit.database import transaction
from marketplace.outbox.service import Handlers, fire, run_all
from marketplace.outbox.worker import Entry
from tests.conftest import settings_for
from tests.factories import identity

PASSWORD = identity.PASSWORD  # importing the factory also makes hashing cheap


class _Handler(WSGIRequestHandler):
    """Silent, and one request a connection: a stopped server must not answer on an old one."""

    protocol_version = "HTTP/1.0"

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        return


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class House:
    """One instance of the product: `open` and `close` are the server's start and its death."""

    def __init__(self, folder: Path, database: Path) -> None:
        shutil.copy(database, folder / "assay.db")
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        settings = settings_for(f"sqlite:///{folder}/assay.db", folder, public_url=self.address)
        self.app = create_app(settings)
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Answer on the house's port, always the same one."""
        self._server = make_server("127.0.0.1", self.port, self.app, threaded=True, request_handler=_Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering; a request from now on finds nobody."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server = None

    def dispose(self) -> None:
        """Close for good, and let go of the database."""
        self.close()
        self.app.sessions.kw["bind"].dispose()

    def run(self) -> int:
        """Keep every promise and deadline that is due, as a worker does; how many messages there were."""
        for entry in self.app.extensions["assay"][list[Entry]]:
            fire(self.app.sessions, entry.name, clock.now())
        return run_all(self.app.sessions, self.app.extensions["assay"][Handlers])

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction of a test that prepares something."""
        with transaction(self.app.sessions) as session:
            yield session

    def user(self, *roles: str, name: str, email: str) -> None:
        """Somebody who was appointed beside the pages, with a confirmed address and PASSWORD."""
        with self.writing() as session:
            identity.make_user(session, roles=roles, name=name, email=email)

    def letter(self, address: str, start: str) -> str:
        """The path in the newest letter to this address that begins with `start`, after the worker ran."""
        return identity.link_in(identity.letters_to(self.app, address)[-1], start)
