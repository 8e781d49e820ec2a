"""The dry run of an import: every row against the task type, every id against the ones that are taken."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from config.content import CLASSES, titles
from config.policy import WORK
from workspace.queue.errors import FileRefused
from workspace.queue.service.mapping import Plan
from workspace.queue.service.reading import Row, clean
from workspace.task_types import registry
from workspace.task_types.base import Invalid, TaskType

ID_CHARACTERS = 200
BAD_ID = f"Give a whole number, or text of 1 to {ID_CHARACTERS} characters."
AS_THEY_COME = Plan()
GROWTH = 4  # times the largest file: columns that are joined or used for several fields repeat their text
MOST_CHARACTERS = GROWTH * WORK.import_maximum_bytes
TOO_MUCH = (
    f"With these columns the tasks grow to more than {MOST_CHARACTERS // 2**20} MB, because the same text "
    "goes into several fields. Join fewer columns, or split the file."
)
ID_NAMES = ("external_id", "id", "_id")


@dataclass(frozen=True, slots=True)
class GoodRow:
    """A row that can become a task; `named` says that the file gave the id, not the line."""

    line: int
    external_id: str
    named: bool
    payload: dict[str, Any]
    payload_sha256: str

    @property
    def other_id(self) -> str:
        """An id that no other content has."""
        return f"{self.external_id}-{self.payload_sha256[:16]}"


@dataclass(frozen=True, slots=True)
class BadRow:
    """What is wrong with a row, and where in it (empty: the row as a whole)."""

    line: int
    place: str
    problem: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a dry run found; a row with several problems is one bad row with several entries."""

    good: Sequence[GoodRow]
    bad: Sequence[BadRow]
    left_out: Sequence[BadRow]
    warnings: Sequence[BadRow] = ()

    @property
    def bad_lines(self) -> frozenset[int]:
        """The lines that cannot be imported."""
        return frozenset(row.line for row in self.bad)


def check_rows(
    rows: Sequence[Row],
    *,
    task_type: str,
    preset: Mapping[str, Any],
    plan: Plan = AS_THEY_COME,
    cells: bool = False,
) -> Checked:
    """Judge every row by its task type; `preset` is the project's settings.  A second same id stays out.

    `plan` says which columns become which fields, `cells` that all of them are text (CSV).  FileRefused (422)
    when the plan makes far more of a file than stands in it.
    """
    kind = registry.get(task_type)
    good: dict[str, GoodRow] = {}
    bad: list[BadRow] = []
    left_out: list[BadRow] = []
    written = 0
    for row in rows:
        planned = _planned(row, plan, cells=cells) if plan and row.raw is not None else row
        written += _characters(planned) if plan else 0
        if written > MOST_CHARACTERS:
            raise FileRefused(TOO_MUCH)
        found = planned if isinstance(planned, list) else _check(kind, planned, preset)
        if isinstance(found, list):
            bad += found
        elif found.external_id in good:
            first = good[found.external_id].line
            left_out.append(BadRow(row.line, found.external_id, f"The same id as line {first}."))
        else:
            good[found.external_id] = found
    return Checked(list(good.values()), bad, left_out, [seen for row in good.values() for seen in _seen(row)])


def _seen(row: GoodRow) -> Iterator[BadRow]:
    """What is odd about a row that is taken all the same."""
    responses = [row.payload["response"]] if "response" in row.payload else row.payload.get("responses", ())
    for response in responses:
        if not response["text"].strip():
            yield BadRow(row.line, "", f"Response {response['id']} is empty. Experts see “(no answer)”.")


def ids(checked: Checked) -> list[str]:
    """Every id the rows may get: ask which of them the project has, then `without_taken`."""
    return [row.external_id for row in checked.good] + [row.other_id for row in checked.good if not row.named]


def without_taken(checked: Checked, taken: Mapping[str, str]) -> Checked:
    """Leave out what the project has already; `taken` is id -> SHA-256 of the payload.

    A row without an id of its own gets another one when its line number is taken by other content.
    """
    good: list[GoodRow] = []
    left_out = list(checked.left_out)
    for row in checked.good:
        known = taken.get(row.external_id)
        if known is None:
            good.append(row)
        elif known == row.payload_sha256:
            left_out.append(BadRow(row.line, row.external_id, "This task was imported before."))
        elif row.named:
            left_out.append(BadRow(row.line, row.external_id, "A task with this id has other content."))
        elif row.other_id in taken:
            left_out.append(BadRow(row.line, row.other_id, "This task was imported before."))
        else:
            good.append(replace(row, external_id=row.other_id))
    kept = {row.line for row in good}
    return Checked(good, checked.bad, left_out, [row for row in checked.warnings if row.line in kept])


def _planned(row: Row, plan: Plan, *, cells: bool) -> Row | list[BadRow]:
    """The row in the words of the payload; what names it stays unless it was chosen as well."""
    given = row.raw or {}
    raw, problems = plan.applied(given, cells=cells)
    if problems:
        return [BadRow(row.line, place, problem) for place, problem in problems.items()]
    named = {name: given[name] for name in ID_NAMES if name in given}
    return clean(row.line, raw if "external_id" in raw else {**named, **raw})


def _characters(planned: Row | list[BadRow]) -> int:
    """What a planned row takes when it is kept."""
    return 0 if isinstance(planned, list) or planned.raw is None else len(json.dumps(planned.raw))


def _check(kind: TaskType[Any, Any], row: Row, preset: Mapping[str, Any]) -> GoodRow | list[BadRow]:
    if row.raw is None:
        return [BadRow(row.line, "", row.problem)]
    name = next((name for name in ID_NAMES if _is_given(row.raw.get(name))), None)
    external_id = f"line-{row.line}" if name is None else _id(row.raw[name])
    if external_id is None:
        return [BadRow(row.line, name or "", BAD_ID)]
    undeclared = _undeclared(row.raw.get("content_classes"), preset.get("content_classes") or ())
    if undeclared:
        return [BadRow(row.line, "content_classes", undeclared)]
    payload = kind.read_payload(kind.preset(row.raw, preset))
    if isinstance(payload, Invalid):
        return [BadRow(row.line, place, problem) for place, problem in payload.errors.items()]
    stored = kind.store_payload(payload)
    return GoodRow(row.line, external_id, name is not None, stored, _sha256(stored))


def _undeclared(named: object, declared: Collection[str]) -> str:
    """Why a row cannot bring this content: the project did not declare it."""
    if named is None or named in ("", []):
        return ""
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        return f"Give a list of classes, of these: {', '.join(CLASSES)}."
    if unknown := sorted(set(named) - set(CLASSES)):
        return f"There is no class {unknown[0]}. Use {', '.join(CLASSES)}."
    if over := sorted(set(named) - set(declared)):
        names = titles(frozenset(over))
        return f"This project does not declare {names}. Declare it in the project, then import again."
    return ""


def _is_given(value: object) -> bool:
    return value is not None and value != ""


def _id(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value).strip()
    return text if 0 < len(text) <= ID_CHARACTERS else None


def _sha256(payload: Mapping[str, Any]) -> str:
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
