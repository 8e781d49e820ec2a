"""Reading an uploaded file row by row: whatever is wrong with a row is said by line, never raised."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from config.policy import WORK
from workspace.queue.errors import FileRefused

FORMATS = ("jsonl", "csv")
LINE_BYTES = 1024 * 1024
DEPTH = 64
MOST_LINES = 2 * WORK.import_maximum_rows  # with more, most of them are blank, or there are too many anyway
BIGGEST = 2**63 - 1
TOO_MANY = f"The file has more than {WORK.import_maximum_rows:,} tasks. Split it."
_BOM = b"\xef\xbb\xbf"
_UNCLEAN = re.compile("[\0\ud800-\udfff]")
_RESPONSE = re.compile(r"(response|model)_([a-h]|[1-8])")
_TEXT = {"prompt", "response", "external_id", "id", "_id"}
_NUMBER = re.compile(r"-?[0-9]{1,9}")
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file; `problem` says why there is no `raw`.

    Lines count from 1, the header of a CSV file included.
    """

    line: int
    raw: dict[str, Any] | None = None
    problem: str = ""


def format_of(file_name: str) -> str:
    """`jsonl` or `csv` by the end of the name; FileRefused (422) for anything else."""
    end = file_name.rpartition(".")[2].casefold()
    if end in {"jsonl", "ndjson", "json"}:
        return "jsonl"
    if end == "csv":
        return "csv"
    raise FileRefused("Choose a file whose name ends with .jsonl or .csv.")


def read_rows(data: bytes, file_format: str, *, plain: bool = False) -> list[Row]:
    """The rows of a file; FileRefused (422) when it is too large or nothing in it can be read.

    `plain` leaves every cell of CSV as the text it is, for somebody who says which column means what.
    """
    if len(data) > WORK.import_maximum_bytes:
        raise FileRefused(f"The file is larger than {WORK.import_maximum_bytes // 2**20} MB. Split it.")
    data = data.removeprefix(_BOM)
    if not data.strip():
        raise FileRefused("The file is empty. Put one task on each line.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        raise FileRefused("This is not a text file in UTF-8. Save it as UTF-8 and upload it again.")
    found = _csv_rows(data, plain=plain) if file_format == "csv" else _json_rows(data)
    rows = list(islice(found, WORK.import_maximum_rows + 1))  # one too many is enough to know
    if len(rows) > WORK.import_maximum_rows:
        raise FileRefused(TOO_MANY)
    if not rows:
        raise FileRefused("There is no task in this file. Put one task on each line.")
    if all(row.raw is None for row in rows):
        first = rows[0]
        raise FileRefused(f"Nothing in this file can be read as a task. Line {first.line}: {first.problem}")
    return rows


def _json_rows(data: bytes) -> Iterator[Row]:
    """Lines end at the line feed alone: other separators are text and may stand inside a string."""
    if data.count(b"\n") > MOST_LINES:
        raise FileRefused(TOO_MANY)
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            yield _json_row(number, line)


def _json_row(number: int, line: bytes) -> Row:
    if len(line) > LINE_BYTES:
        return Row(number, problem="This line is longer than 1 MB.")
    try:
        raw = json.loads(line.decode(), parse_constant=_refuse, object_pairs_hook=_once)
    except UnicodeDecodeError:
        return Row(number, problem="This line is not UTF-8 text.")
    except RecursionError:
        return Row(number, problem="This line is nested too deeply.")
    except ValueError as error:
        return Row(number, problem=_why(error))
    if not isinstance(raw, dict):
        return Row(number, problem="This line is not a JSON object. Write one object per line.")
    return clean(number, raw)


def _why(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"This line is not JSON (at character {error.colno})."
    if isinstance(error, _Unfit):
        return str(error)
    return "A number on this line is too long."


class _Unfit(ValueError):
    """JSON that Python would read and nobody should."""


def _refuse(name: str) -> None:
    raise _Unfit(f"{name} is not a JSON value.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise _Unfit("A name appears twice in one object.")
    return read


def clean(number: int, raw: dict[str, Any]) -> Row:
    """The row, unless something in it fits no database; a loop, so that nesting cannot overflow the stack."""
    todo: list[tuple[Any, int]] = [(raw, 0)]
    while todo:
        value, depth = todo.pop()
        if depth > DEPTH:
            return Row(number, problem="This line is nested too deeply.")
        if isinstance(value, str) and _UNCLEAN.search(value):
            return Row(number, problem="A text holds a character that cannot be stored.")
        if isinstance(value, dict):
            todo += [(item, depth + 1) for pair in value.items() for item in pair]
        elif isinstance(value, list):
            todo += [(item, depth + 1) for item in value]
        elif isinstance(value, int | float) and not abs(value) <= BIGGEST:
            return Row(number, problem="A number on this line is too large.")
    return Row(number, raw)


def _csv_rows(data: bytes, *, plain: bool) -> Iterator[Row]:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileRefused(f"Line {line} is not UTF-8 text. Save the file as UTF-8 (CSV UTF-8).") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = _header(next(reader))
        begins = reader.line_num + 1
        for count, cells in enumerate(reader):
            if count > MOST_LINES:
                raise FileRefused(TOO_MANY)
            if any(cell.strip() for cell in cells):
                yield _csv_row(begins, header, cells, plain=plain)
            begins = reader.line_num + 1
    except csv.Error as error:
        problem = f"{error}"[:1].upper() + f"{error}"[1:]
        raise FileRefused(f"This is not CSV we can read. Line {reader.line_num}: {problem}.") from None


def _header(cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    if not all(names) or len(set(names)) != len(names):
        raise FileRefused("The first line must name every column, each name once.")
    return names


def _csv_row(number: int, header: list[str], cells: list[str], *, plain: bool) -> Row:
    if len(cells) != len(header):
        return Row(number, problem=f"There are {len(cells)} cells, the first line names {len(header)}.")
    if plain:
        return clean(number, dict(zip(header, cells, strict=True)))
    raw: dict[str, Any] = {}
    responses: dict[str, dict[str, Any]] = {}
    for name, cell in zip(header, cells, strict=True):
        part = _RESPONSE.fullmatch(name)
        if not cell.strip():
            continue
        if part is not None:
            field = "text" if part[1] == "response" else "model"
            responses.setdefault(part[2], {})[field] = cell
        else:
            raw[name] = cell if name in {"external_id", "id", "_id"} else _value(name, cell)
    if responses:
        raw.setdefault("responses", [responses[key] for key in sorted(responses)])
    return clean(number, raw)


def _value(name: str, cell: str) -> Any:
    """A cell: a JSON list or object when it is one, a number or a flag outside of text columns, else text."""
    if cell[0] in "[{":
        try:
            return json.loads(cell, parse_constant=_refuse)
        except (ValueError, RecursionError):
            return cell
    if name in _TEXT:
        return cell
    if _NUMBER.fullmatch(cell):
        return int(cell)
    return _FLAGS.get(cell.strip().casefold(), cell)
