"""Sensitive content: what has to be declared, and when reports pause a project."""

import uuid
from collections.abc import Collection
from typing import Protocol

from config.content import CLASSES
from config.task_types import TASK_TYPES

MINORS = "minors"  # never declared, only reported
REPORTABLE = {**{slug: one.title for slug, one in CLASSES.items()}, MINORS: "Sexual content with minors"}
CONTENT_NOTE_MINIMUM = 30
REPORTS_TO_PAUSE = 2
REPORTED = "Somebody reported content that this project does not declare. We are looking at it."
DESCRIBE = (
    f"The company has described nothing, so experts decide by your reason: at least {CONTENT_NOTE_MINIMUM} "
    "characters on what exactly they will see."
)


def content_problem(task_type: str, classes: Collection[str], note: str) -> str | None:
    """Why sensitive content cannot be declared like this, as a sentence; None when it can."""
    if not set(classes) <= set(CLASSES):
        return "Choose the classes of content from the list."
    if TASK_TYPES[task_type].needs_content_classes and not classes:
        kind = TASK_TYPES[task_type].title
        return f"{kind} shows people what a model should not say. Declare at least one class."
    if classes and len(note.strip()) < CONTENT_NOTE_MINIMUM:
        return (
            f"Describe in at least {CONTENT_NOTE_MINIMUM} characters what exactly experts will see, "
            "so that they can decide."
        )
    return None


class Report(Protocol):
    """What is counted of a report."""

    by_id: uuid.UUID
    by_reviewer: bool
    content_class: str


def report_pauses(reporters: int, content_class: str, *, by_reviewer: bool) -> bool:
    """Two people, one reviewer, or any word of minors stop new work until ops have looked."""
    return by_reviewer or content_class == MINORS or reporters >= REPORTS_TO_PAUSE


def reports_pause(reports: Collection[Report]) -> bool:
    """Whether what is reported and not looked at yet stops new work."""
    people = len({report.by_id for report in reports})
    return any(
        report_pauses(people, report.content_class, by_reviewer=report.by_reviewer) for report in reports
    )
