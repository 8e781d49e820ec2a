"""The demo's jobs: `jobs/NAME.toml` says what a company asks for, `jobs/NAME.jsonl` has the tasks."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marketplace.projects.policy import ClauseText, Plan

FOLDER = Path(__file__).parent / "jobs"
# the order in which they open; the board shows the newest first
ORDER = (
    "golden_contracts",
    "rating_chemistry",
    "steps_maths",
    "flagging_tenancy",
    "red_pharmacy",
    "golden_python",
    "editing_medicines",
    "ranking_python",
    "ranking_kitchen",
)


@dataclass(frozen=True, slots=True)
class DemoJob:
    """A project of the demo company with its guideline and the file of its tasks."""

    name: str
    plan: Plan
    clauses: tuple[ClauseText, ...]
    budget_minor: int

    @property
    def tasks(self) -> Path:
        """The file that is imported."""
        return FOLDER / f"{self.name}.jsonl"


def jobs() -> tuple[DemoJob, ...]:
    """Every job, read from its files."""
    return tuple(_read(name) for name in ORDER)


def _read(name: str) -> DemoJob:
    row = tomllib.loads((FOLDER / f"{name}.toml").read_text())
    clauses = tuple(ClauseText(**clause) for clause in row.pop("clauses"))
    budget_minor = row.pop("budget_minor")
    return DemoJob(name, _plan(row), clauses, budget_minor)


def _plan(row: Mapping[str, Any]) -> Plan:
    ranking = row["task_type"] == "response_ranking"
    classes = tuple(row.get("content_classes", ()))
    options = {"why_min_words": 20} if ranking else {}
    return Plan(**{**row, "content_classes": classes, "options": options})
