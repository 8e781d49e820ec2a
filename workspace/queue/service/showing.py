"""Tasks and files as people see them outside of the workspace."""

import json
from collections.abc import Mapping
from typing import Any

from config.content import HIDDEN
from workspace.queue.models import Assignment, Task
from workspace.queue.service.checking import Checked
from workspace.queue.service.reading import read_rows
from workspace.task_types import registry
from workspace.task_types.base import Invalid, TaskType

PREVIEW_SEED = 1


def first_line(kind: TaskType[Any, Any], raw: Mapping[str, Any]) -> str:
    """One line on a payload, empty when this release cannot read it."""
    payload = kind.read_payload(raw)
    return "" if isinstance(payload, Invalid) else kind.summary(payload)


def summary(task: Task) -> str:
    """One line on a task for lists of the company, which wrote it."""
    return first_line(registry.get(task.task_type), task.payload) or task.external_id


def line(assignment: Assignment) -> str:
    """One line on a task for lists of the people who do it: never the words of sensitive content."""
    return HIDDEN if assignment.project.classes else summary(assignment.task)


def screen(task: Task) -> Any:
    """A task as its type's templates draw it, as it was imported; None when it cannot be read."""
    kind = registry.get(task.task_type)
    payload = kind.read_payload(task.payload)
    return None if isinstance(payload, Invalid) else kind.screen(payload, {})


def preview(kind: TaskType[Any, Any], raw: Mapping[str, Any]) -> Any:
    """A payload as an expert will see it, for the type's templates; None when it cannot be read."""
    payload = kind.read_payload(raw)
    return None if isinstance(payload, Invalid) else kind.screen(kind.blind(payload, PREVIEW_SEED), {})


def sample_line(kind: TaskType[Any, Any]) -> str:
    """One line of a file of this type, for the page that asks for one."""
    payload, _ = kind.example()
    return json.dumps({"external_id": "task-1", **payload}, ensure_ascii=False)


def bad_rows(data: bytes, file_format: str, checked: Checked, *, plain: bool = False) -> bytes:
    """The rows that cannot be imported as JSONL, each with its line and what is wrong with it.

    `plain` leaves cells of CSV as they are: somebody chose the columns.
    """
    problems: dict[int, list[str]] = {}
    for bad in checked.bad:
        problems.setdefault(bad.line, []).append(f"{bad.place}: {bad.problem}".removeprefix(": "))
    rows = {row.line: row.raw for row in read_rows(data, file_format, plain=plain) if row.line in problems}
    texts = data.split(b"\n") if file_format == "jsonl" else []
    lines = []
    for line, found in problems.items():
        raw: object = rows.get(line)
        if raw is None and line <= len(texts):
            raw = texts[line - 1].decode(errors="replace")
        lines.append(json.dumps({"line": line, "problems": found, "row": raw}, ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines).encode()
