"""Accidents on order: each happens once, to the first request that fits."""

import enum

from marketplace.gateways.stripe.emulator.store import Books


class Fault(enum.Enum):
    """What can go wrong between us and a provider."""

    UNREACHABLE = "unreachable"  # no connection; nothing done
    LOST_RESPONSE = "lost_response"  # done and saved, the answer never arrives
    RATE_LIMIT = "rate_limit"  # 429; nothing done, nothing saved
    KEY_IN_USE = "key_in_use"  # 409; nothing done, nothing saved
    SERVER_ERROR = "server_error"  # done and saved, but this answer is a 500
    STICKY_ERROR = "sticky_error"  # nothing done; the 500 is saved under the key
    STICKY_AFTER = "sticky_after"  # done; the 500 is saved under the key
    REFUSED = "refused"  # nothing done; a refusal for good, saved under the key
    HIDE_LISTS = "hide_lists"  # a list that misses everything
    DROP_KEYS = "drop_keys"  # every key is forgotten just before this request


def order(books: Books, fault: Fault, *, method: str = "POST", path: str = "/v1/transfers") -> None:
    """Put an accident on the list; `path` is a beginning."""
    books.sql.execute("INSERT INTO faults (name, method, path) VALUES (?, ?, ?)", (fault.value, method, path))


def waiting(books: Books) -> list[tuple[Fault, str, str]]:
    """(fault, verb, beginning of the path) of what has not happened yet, the next one first."""
    rows = books.sql.execute("SELECT name, method, path FROM faults ORDER BY number")
    return [(Fault(name), method, path) for name, method, path in rows]


def forget(books: Books) -> None:
    """Take everything off the list."""
    books.sql.execute("DELETE FROM faults")


def take(books: Books, method: str, path: str) -> Fault | None:
    """The first accident that fits this request, taken off the list."""
    row = books.sql.execute(
        "SELECT number, name FROM faults WHERE method = ? AND ? LIKE path || '%' ORDER BY number LIMIT 1",
        (method, path),
    ).fetchone()
    if row is None:
        return None
    books.sql.execute("DELETE FROM faults WHERE number = ?", (row[0],))
    return Fault(row[1])
