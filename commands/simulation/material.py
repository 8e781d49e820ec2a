"""The file of tasks that is played: its first rows, which of its columns are which, how many tasks it is."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.content import CLASSES
from workspace.queue import service as queue
from workspace.queue.errors import MappingRefused


@dataclass(frozen=True, slots=True)
class Material:
    """A file as it is uploaded; `chosen` is field -> columns, `count` the tasks it gives.

    `classes` are the classes of sensitive content its rows name: the project has to declare them.
    `unplayed` says of every row that gives no task why, as (line, problem).
    """

    name: str
    content: bytes
    chosen: Mapping[str, str]
    count: int
    classes: frozenset[str] = frozenset()
    unplayed: tuple[tuple[int, str], ...] = ()

    @property
    def content_type(self) -> str:
        """What a browser would say it is."""
        return "text/csv" if self.name.endswith(".csv") else "application/jsonl"


def material(path: Path, task_type: str, chosen: Mapping[str, str], limit: int | None) -> Material:
    """The first `limit` rows of a file; ValueError with a sentence when none of them can be played."""
    file_format = queue.format_of(path.name)
    content = path.read_bytes()
    if limit is not None:
        content = _cut_csv(content, limit) if file_format == "csv" else _cut_lines(content, limit)
    try:
        declared = {"content_classes": list(CLASSES)}
        looked, bare = (
            queue.look_over(content, file_format, task_type=task_type, preset=preset, chosen=chosen)
            for preset in (declared, {})
        )
    except MappingRefused as refusal:
        raise ValueError(refusal.message) from None
    checked = looked.checked
    if not checked.good:
        first = checked.bad[0]
        raise ValueError(f"No row can be played. Line {first.line}, {first.place}: {first.problem}")
    quiet = {row.line for row in bare.checked.good}  # the others are refused where nothing is declared
    named = frozenset(
        slug
        for row in checked.good
        if row.line not in quiet
        for slug in row.payload.get("content_classes", ())
    )
    unplayed = tuple((row.line, row.problem) for row in (*checked.bad, *checked.left_out))
    return Material(path.name, content, chosen, len(checked.good), named, unplayed)


def _cut_lines(content: bytes, limit: int) -> bytes:
    kept = [line for line in content.split(b"\n") if line.strip()][:limit]
    return b"".join(line + b"\n" for line in kept)


def _cut_csv(content: bytes, limit: int) -> bytes:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    out = io.StringIO(newline="")
    csv.writer(out).writerows(row for number, row in enumerate(rows) if number <= limit)
    return out.getvalue().encode()
