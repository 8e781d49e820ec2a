"""What the templates draw of a ranking: letters, rows, gaps, whatever a draft already says."""

from dataclasses import dataclass

from workspace.task_types.base.fields import Fields
from workspace.task_types.base.parts import letter
from workspace.task_types.base.results import Json
from workspace.task_types.base.words import count_words, first_line
from workspace.task_types.response_ranking.answer import BETTER, REASONS, Answer, Groups, read
from workspace.task_types.response_ranking.payload import Payload

GIST = 48
SIGNS = {2: "≫", 1: ">", 0: "="}
SPOKEN = {2: "much better than", 1: "better than", 0: "the same as"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A response as one expert sees it; `place` counts rows from 1, None while it is not placed."""

    id: str
    letter: str
    text: str
    words: int
    gist: str
    place: int | None
    seen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the list; `gap` is the strength to the next row (0 the same), None on the last placed one."""

    response: Shown
    gap: int | None

    @property
    def sign(self) -> str:
        """How the gap is written."""
        return "" if self.gap is None else SIGNS[self.gap]


@dataclass(frozen=True, slots=True)
class Scale:
    """The order on one dimension: places by response id."""

    name: str
    places: dict[str, int]


@dataclass(frozen=True, slots=True)
class Screen:
    """A payload together with an answer or a draft of it."""

    payload: Payload
    answer: Answer
    responses: tuple[Shown, ...]
    rows: tuple[Row, ...]
    scales: tuple[Scale, ...]
    reasons: tuple[tuple[str, str, bool], ...]
    why_words: int

    @property
    def spoken(self) -> str:
        """The order as a sentence, for a label."""
        placed = [row for row in self.rows if row.response.place]
        if not placed:
            return "Nothing is placed yet"
        gaps = (" " + SPOKEN[row.gap] + " " if row.gap is not None else "" for row in placed)
        return "".join(row.response.letter + gap for row, gap in zip(placed, gaps, strict=True))


def screen(payload: Payload, raw: Json) -> Screen:
    """Everything the templates need; unusable parts of a draft are left out."""
    answer = read(Fields(raw, "answer"), payload)
    flat = [name for group in answer.groups for name in group]
    shown = tuple(_shown(payload, answer, index, flat) for index in range(len(payload.responses)))
    return Screen(
        payload=payload,
        answer=answer,
        responses=shown,
        rows=_rows(shown, answer, flat),
        scales=tuple(Scale(name, _places(answer.dimensions.get(name, ()))) for name in payload.dimensions),
        reasons=tuple((code, label, code in answer.reasons) for code, label in REASONS.items()),
        why_words=count_words(answer.why),
    )


def _shown(payload: Payload, answer: Answer, index: int, flat: list[str]) -> Shown:
    response = payload.responses[index]
    return Shown(
        id=response.id,
        letter=letter(index),
        text=response.text,
        words=count_words(response.text),
        gist=first_line(response.text, GIST),
        place=flat.index(response.id) + 1 if response.id in flat else None,
        seen=response.id in answer.seen,
    )


def _rows(shown: tuple[Shown, ...], answer: Answer, flat: list[str]) -> tuple[Row, ...]:
    """Placed responses in order, then the others as they are shown."""
    gaps: list[int | None] = []
    for index, group in enumerate(answer.groups):
        strength = answer.strengths[index] if index < len(answer.strengths) else BETTER
        gaps += [0] * (len(group) - 1) + [strength]
    gaps[-1:] = [None] if gaps else []
    by_id = {response.id: response for response in shown}
    placed = [Row(by_id[name], gap) for name, gap in zip(flat, gaps, strict=True)]
    return (*placed, *(Row(response, None) for response in shown if response.place is None))


def _places(groups: Groups) -> dict[str, int]:
    return {name: place for place, group in enumerate(groups, 1) for name in group}
