"""Idempotency: the first answer under a key is kept, parameters are compared, a repetition gets it again."""

import hashlib
import json
from dataclasses import dataclass

from marketplace.gateways.stripe.emulator.store import Body, Books
from marketplace.gateways.stripe.emulator.wire import ApiError

LONGEST_KEY = 255
KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back.  `original`: the request that was answered first, in a repetition."""

    status: int
    body: Body
    original: str | None = None


def fingerprint(method: str, path: str, form: str) -> str:
    """What makes two requests the same."""
    return hashlib.sha256(f"{method} {path}\n{form}".encode()).hexdigest()


def repeated(books: Books, key: str, print_: str) -> Answer | None:
    """The kept answer, None for a new key; ApiError when the key was used for something else."""
    if len(key) > LONGEST_KEY:
        raise ApiError("Idempotency keys are at most 255 characters.", saved=False)
    row = books.sql.execute(
        "SELECT fingerprint, status, body, request_id FROM answers WHERE key = ?", (key,)
    ).fetchone()
    if row is None:
        return None
    if row[0] != print_:
        raise ApiError(
            "Keys for idempotent requests can only be used with the parameters of the first request.",
            kind="idempotency_error",
            saved=False,
        )
    return Answer(row[1], json.loads(row[2]), original=row[3])


def keep(books: Books, key: str, print_: str, answer: Answer, request_id: str) -> None:
    """Keep the first answer."""
    books.sql.execute(
        "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?)",
        (key, print_, answer.status, json.dumps(answer.body), request_id, books.now),
    )


def forget_old(books: Books) -> None:
    """Keys are good for a day."""
    books.sql.execute("DELETE FROM answers WHERE at < ?", (books.now - KEPT_SECONDS,))


def forget_all(books: Books) -> None:
    """Drop every key, as Stripe may after a day."""
    books.sql.execute("DELETE FROM answers")
