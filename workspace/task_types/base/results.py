"""What a task type answers: a good thing, field errors, or lines of a data set."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

Json = Mapping[str, Any]
Kind = Literal["writing", "judging"]
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Invalid:
    """Field errors by place, such as `responses[2].text`; returned, never raised."""

    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Checked(Generic[A]):
    """A good answer.

    `warnings` are codes to be confirmed once.  `habits` are codes that become a warning only when an expert's
    third answer in a row has them; whoever knows the history decides that.
    """

    answer: A
    warnings: tuple[str, ...] = ()
    habits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a data set; `source` is the position of the opinion behind it, None for all together."""

    format: str
    body: Json
    source: int | None = None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What only its submission knows: who gave it (a pseudonym), when, in how much active time."""

    by: str
    at: str
    active_ms: int


@dataclass(frozen=True, slots=True)
class Conversation:
    """A model an expert talks to while working.

    `source` says who answers, `ref` what that source calls it, `name` what the company calls it; `opening` is
    what was said before as (role, text) and `most_turns` the length of one branch.
    """

    source: str
    ref: str | None
    name: str | None
    opening: tuple[tuple[str, str], ...]
    most_turns: int
