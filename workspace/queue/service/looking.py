"""A file looked over: its columns, the ones that were chosen, and what its rows amount to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workspace.queue.errors import MappingRefused
from workspace.queue.service.checking import Checked, check_rows
from workspace.queue.service.columns import Found, columns_of, guess, names_of
from workspace.queue.service.mapping import Chosen, check_columns, read_mapping
from workspace.queue.service.reading import read_rows
from workspace.task_types import registry


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file holds; `chosen` is field -> columns, empty when its rows are taken as they come."""

    checked: Checked
    chosen: Chosen
    columns: Sequence[Found]
    names: Sequence[str]


def look_over(
    data: bytes, file_format: str, *, task_type: str, preset: Mapping[str, Any], chosen: Chosen
) -> Looked:
    """Judge every row of the file; FileRefused and MappingRefused (422) say what cannot be read at all."""
    kind, cells = registry.get(task_type), file_format == "csv"
    plan = read_mapping(kind, chosen)
    plain = read_rows(data, file_format, plain=True)
    names = names_of(plain)
    check_columns(plan, names)
    rows = plain if plan or not cells else read_rows(data, file_format)
    checked = check_rows(rows, task_type=task_type, preset=preset, plan=plan, cells=cells)
    return Looked(checked, chosen, columns_of(plain), names)


def guess_over(data: bytes, file_format: str, *, task_type: str, preset: Mapping[str, Any]) -> Looked:
    """Judge every row as it comes, or with columns found by their names where no row is good as it is."""
    looked = look_over(data, file_format, task_type=task_type, preset=preset, chosen={})
    if looked.checked.good:
        return looked
    chosen = guessed(looked.names, task_type=task_type)
    try:
        other = look_over(data, file_format, task_type=task_type, preset=preset, chosen=chosen)
    except MappingRefused:
        return looked
    return other if other.checked.good else looked


def guessed(names: Sequence[str], *, task_type: str) -> dict[str, str]:
    """Which of these columns fit which fields by their names."""
    return guess(registry.get(task_type), names)
