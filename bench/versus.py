"""A page, or a part of one, against the bare SQL of the same request, turn by turn in the same minute."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

REPEATS = 7
COLUMNS = ("page ms", 10), ("bare ms", 11), ("ratio", 8), ("statements", 12)
HEAD = f"{'database':<12}{'page, or a part of one':<36}" + "".join(
    f"{name:>{wide}}" for name, wide in COLUMNS
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one question costs: milliseconds whole and bare, and how many statements."""

    whole: float
    bare: float
    statements: int

    def line(self, kind: str, name: str) -> str:
        """A line of the table."""
        return (
            f"{kind:<12}{name:<36}{self.whole:>10.1f}{self.bare:>11.1f}{self.whole / self.bare:>8.2f}"
            f"{self.statements:>12}"
        )


def measure(engine: sa.Engine, ask: Callable[[], Any]) -> Cost:
    """The medians; each whole one is followed by its own statements bare, so that noise meets both."""
    seen: list[tuple[str, Any]] = []
    whole, bare = [], []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            seen.append((statement, parameters))

    ask()
    for _ in range(REPEATS):
        seen.clear()
        sa.event.listen(engine, "before_cursor_execute", note)
        start = time.perf_counter()
        ask()
        whole.append(time.perf_counter() - start)
        sa.event.remove(engine, "before_cursor_execute", note)
        bare.append(_bare(engine, seen))
    return Cost(statistics.median(whole) * 1000, statistics.median(bare) * 1000, len(seen))


def _bare(engine: sa.Engine, seen: list[tuple[str, Any]]) -> float:
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        start = time.perf_counter()
        for statement, parameters in seen:
            cursor.execute(statement, parameters)
            cursor.fetchall()
        took = time.perf_counter() - start
        cursor.close()
        return took
