"""The emulator's state: one SQLite file, one transaction per request, any number of processes."""

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marketplace.kit import clock

SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS objects (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, number);
CREATE INDEX IF NOT EXISTS objects_group ON objects (json_extract(body, '$.transfer_group'))
  WHERE kind = 'transfer';
CREATE TABLE IF NOT EXISTS answers (
  key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
  request_id TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS balances (
  owner TEXT NOT NULL, currency TEXT NOT NULL, available INTEGER NOT NULL DEFAULT 0,
  pending INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (owner, currency));
CREATE TABLE IF NOT EXISTS due (
  number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, what TEXT NOT NULL, object_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS faults (
  number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sends (
  event_id TEXT PRIMARY KEY, endpoint TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL, delivered_at INTEGER);
CREATE INDEX IF NOT EXISTS sends_waiting ON sends (next_at) WHERE delivered_at IS NULL;
"""
WAIT_MS = 10_000
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rules:
    """How long money takes, in seconds, and where people's pages are."""

    public_url: str
    card_seconds: int = 0
    bank_debit_seconds: int = 60
    refund_seconds: int = 60
    link_seconds: int = 300


class Books:
    """The state inside one transaction; `now` is the same second throughout."""

    def __init__(self, connection: sqlite3.Connection, rules: Rules) -> None:
        self.sql = connection
        self.rules = rules
        self.now = int(clock.now().timestamp())

    def add(self, body: Body) -> Body:
        """Keep a new object under its `id`; its kind is its `object`."""
        self.sql.execute(
            "INSERT INTO objects (id, kind, body) VALUES (?, ?, ?)",
            (body["id"], body["object"], json.dumps(body)),
        )
        return body

    def save(self, body: Body) -> Body:
        """Keep a changed object."""
        self.sql.execute("UPDATE objects SET body = ? WHERE id = ?", (json.dumps(body), body["id"]))
        return body

    def get(self, kind: str, object_id: str) -> Body | None:
        """The object, or None."""
        row = self.sql.execute(
            "SELECT body FROM objects WHERE id = ? AND kind = ?", (object_id, kind)
        ).fetchone()
        return _object(row[0]) if row else None

    def newest(self, kind: str) -> Iterator[Body]:
        """Every object of a kind, newest first."""
        rows = self.sql.execute("SELECT body FROM objects WHERE kind = ? ORDER BY number DESC", (kind,))
        yield from (_object(body) for (body,) in rows)

    def in_group(self, transfer_group: str) -> Iterator[Body]:
        """The transfers of a group, newest first."""
        rows = self.sql.execute(
            "SELECT body FROM objects WHERE kind = 'transfer' AND json_extract(body, '$.transfer_group') = ?"
            " ORDER BY number DESC",
            (transfer_group,),
        )
        yield from (_object(body) for (body,) in rows)

    def later(self, seconds: int, what: str, object_id: str) -> None:
        """Put something on the list of what time brings."""
        self.sql.execute(
            "INSERT INTO due (at, what, object_id) VALUES (?, ?, ?)", (self.now + seconds, what, object_id)
        )

    def take_due(self) -> Sequence[tuple[str, str]]:
        """What is due by now, oldest first, taken off the list: (what, object id)."""
        rows = self.sql.execute(
            "SELECT number, what, object_id FROM due WHERE at <= ? ORDER BY at, number", (self.now,)
        ).fetchall()
        self.sql.executemany("DELETE FROM due WHERE number = ?", [(row[0],) for row in rows])
        return [(what, object_id) for _, what, object_id in rows]

    def fact(self, name: str, otherwise: str) -> str:
        """A remembered value; the first one to ask decides it."""
        self.sql.execute("INSERT OR IGNORE INTO facts VALUES (?, ?)", (name, otherwise))
        row = self.sql.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(row[0])


class Store:
    """The file.  Writers queue in the process first, then at the file."""

    def __init__(self, path: Path, rules: Rules) -> None:
        self._path = path
        self._rules = rules
        self._queue = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(SCHEMA)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # one connection per transaction: it crosses neither threads nor a fork
        connection = sqlite3.connect(self._path, isolation_level=None)
        try:
            connection.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
            yield connection
        finally:
            connection.close()

    @contextmanager
    def books(self) -> Iterator[Books]:
        """Returning keeps, raising forgets."""
        with self._queue, self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Books(connection, self._rules)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


@contextmanager
def tentative(books: Books) -> Iterator[None]:
    """Raising undoes what was done inside, and nothing else."""
    books.sql.execute("SAVEPOINT tentative")
    try:
        yield
    except BaseException:
        books.sql.execute("ROLLBACK TO tentative")
        raise
    finally:
        books.sql.execute("RELEASE tentative")


def _object(text: str) -> Body:
    body: Body = json.loads(text)
    return body
