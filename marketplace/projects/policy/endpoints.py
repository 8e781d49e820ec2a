"""The model experts talk to: who has one, and where its key may go."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from config.task_types import LIVE_TYPES
from marketplace.projects.models import ModelEndpoint, Project

REPLIES_MAXIMUM = 2_000  # a day for one expert, as the column's CHECK
ENDING, ENDING_OF = 4, 12  # letters of a key that are shown, and how long it is at least then
KEY_MOVES = "The address leads somewhere else now. Enter the key for it, or tick that none is needed."


@dataclass(frozen=True, slots=True)
class ModelSetup:
    """Where a model answers and what experts may ask of it; `key` None keeps the one that is set."""

    url: str
    model: str
    key: str | None = field(repr=False)
    replies_a_day: int
    system_prompt: str = ""


def has_model(project: Project) -> bool:
    """Whether experts of this project talk to a model of the company."""
    return project.task_type in LIVE_TYPES


def key_would_move(kept: ModelEndpoint | None, setup: ModelSetup) -> bool:
    """Whether a key that nobody typed again would be sent to another host than it was given for."""
    if kept is None or not kept.sealed_key or setup.key is not None:
        return False
    return _place(kept.url) != _place(setup.url)


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url.strip().lower())
    return parts.scheme, parts.netloc


def ending(key: str) -> str:
    """The last letters of a key; nothing of one so short that they would give it away."""
    return key[-ENDING:] if len(key) >= ENDING_OF else ""
