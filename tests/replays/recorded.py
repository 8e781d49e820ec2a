"""Recorded human labels, replayed through our own code; the folder with the files is given from outside."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from workspace.queue import service as queue
from workspace.task_types import registry
from workspace.task_types.base import Checked, Invalid

FOLDER = os.environ.get("REPLAY_DATA", "")
needs_data = pytest.mark.skipif(not FOLDER, reason="REPLAY_DATA names no folder with recorded labels")


def rows(name: str) -> list[dict[str, Any]]:
    """The records of one file."""
    return [json.loads(line) for line in (Path(FOLDER) / f"{name}.jsonl").read_bytes().split(b"\n") if line]


def expected(key: str) -> dict[str, Any]:
    """The figures that a replay of this file must reach."""
    found: dict[str, Any] = json.loads((Path(FOLDER) / "EXPECTED.json").read_text())[key]
    return found


def payloads(name: str, task_type: str, chosen: Mapping[str, str]) -> list[Any]:
    """Every record as a payload of the type, through the columns somebody would choose on import."""
    kind = registry.get(task_type)
    plan = queue.read_mapping(kind, chosen)
    found = []
    for row in rows(name):
        raw, problems = plan.applied(row, cells=False)
        assert problems == {}, row["_id"]
        payload = kind.read_payload(raw)
        assert not isinstance(payload, Invalid), (row["_id"], payload.errors)
        found.append(payload)
    return found


def answer(task_type: str, payload: Any, raw: Mapping[str, Any]) -> Any:
    """The answer as the type reads it."""
    checked = registry.get(task_type).read_answer(payload, raw)
    assert isinstance(checked, Checked), checked
    return checked.answer
