"""The task types of this release: one line each."""

from collections.abc import Sequence
from typing import Any

from workspace.task_types import (
    chain_of_thought,
    golden_response,
    hallucination_flagging,
    rating,
    red_teaming,
    response_editing,
    response_ranking,
)
from workspace.task_types.base import TaskType, UnknownTaskType

Listed = Sequence[TaskType[Any, Any]]


def table(listed: Listed) -> dict[str, TaskType[Any, Any]]:
    """Slug -> type; two types of one slug stop the boot."""
    found = {kind.slug: kind for kind in listed}
    if len(found) != len(listed):
        raise RuntimeError("two task types share a slug")
    return found


ALL = table(
    (
        response_ranking.TYPE,
        response_editing.TYPE,
        golden_response.TYPE,
        chain_of_thought.TYPE,
        rating.TYPE,
        hallucination_flagging.TYPE,
        red_teaming.TYPE,
    )
)


def get(slug: str) -> TaskType[Any, Any]:
    """The type, or a stand-in that reads and exports rows of a type this release does not know."""
    return ALL.get(slug) or UnknownTaskType(slug)


def choices() -> list[tuple[str, str]]:
    """(slug, title) of every type new work can be made with."""
    return [(kind.slug, kind.title) for kind in ALL.values()]
