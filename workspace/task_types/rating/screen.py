"""What the templates draw of a rating: the rubric with whatever a draft says, and opinions side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from workspace.task_types.base.fields import Fields
from workspace.task_types.base.results import Json
from workspace.task_types.base.words import count_words
from workspace.task_types.rating.answer import Answer, mean, needs_why, read, rounded
from workspace.task_types.rating.form import CANNOT, NOT_APPLICABLE
from workspace.task_types.rating.payload import Payload
from workspace.task_types.rating.rubric import VALUES, Criterion, mark_label

SHORT = 30
OVERALL = dict(zip(VALUES, ("Unusable", "Weak", "Fair", "Good", "Excellent"), strict=True))
NO_VALUE = {CANNOT: "Cannot assess", NOT_APPLICABLE: "Not applicable"}


@dataclass(frozen=True, slots=True)
class Row:
    """A criterion with what was said about it: `said` is "1" to "5", "cannot", "na", or "" for nothing."""

    criterion: Criterion
    said: str
    because: str

    @property
    def words(self) -> str:
        """What was said, in words."""
        return self.criterion.anchors.get(self.said) or NO_VALUE.get(self.said, "No value")

    @property
    def is_short(self) -> bool:
        """The words of the values fit beside each other."""
        return all(len(words) <= SHORT for words in self.criterion.anchors.values())


@dataclass(frozen=True, slots=True)
class Spread:
    """How many opinions gave each value to one question; `own` is what the answer on the screen says."""

    title: str
    counts: tuple[int, ...]
    without: int
    own: str


@dataclass(frozen=True, slots=True)
class Screen:
    """A payload together with an answer or a draft of it; `mean` is "" before an overall value is given."""

    payload: Payload
    answer: Answer
    rows: tuple[Row, ...]
    marks: tuple[tuple[str, str, bool], ...]
    words: int
    mean: str
    needs_why: bool

    @property
    def done(self) -> int:
        """How many criteria have a value or a reason for none."""
        return sum(bool(row.said) for row in self.rows)

    @property
    def overall_points(self) -> tuple[tuple[str, str], ...]:
        """The overall values with their words."""
        return tuple(OVERALL.items())

    @property
    def overall_words(self) -> str:
        """The overall value in words."""
        return OVERALL.get(str(self.answer.overall), "No value")

    def spread(self, others: Sequence[tuple[str, "Screen"]]) -> tuple[Spread, ...]:
        """These opinions together, question by question, the overall value last."""
        screens = [other for _, other in others]
        found = [
            _spread(row.criterion.title, row.said, [screen.rows[index].said for screen in screens])
            for index, row in enumerate(self.rows)
        ]
        overall = [str(screen.answer.overall or "") for screen in screens]
        return (*found, _spread("Overall", str(self.answer.overall or ""), overall))


def screen(payload: Payload, raw: Json) -> Screen:
    """Everything the templates need; unusable parts of a draft are left out."""
    answer = read(Fields(raw, "answer"), payload)
    middle = mean(payload, answer)
    return Screen(
        payload=payload,
        answer=answer,
        rows=tuple(_row(criterion, answer) for criterion in payload.criteria),
        marks=tuple((code, mark_label(code), code in answer.marks) for code in payload.flag_list),
        words=count_words(payload.response.text),
        mean=rounded(middle) if middle is not None and answer.overall is not None else "",
        needs_why=needs_why(payload, answer),
    )


def _row(criterion: Criterion, answer: Answer) -> Row:
    score, said = answer.scores.get(criterion.id), ""
    if score is not None:
        said = str(score)
    elif criterion.id in answer.cannot_assess:
        said = CANNOT
    elif criterion.id in answer.not_applicable:
        said = NOT_APPLICABLE
    return Row(criterion, said, answer.justifications.get(criterion.id, ""))


def _spread(title: str, own: str, said: Sequence[str]) -> Spread:
    counts = tuple(said.count(value) for value in VALUES)
    return Spread(title, counts, len(said) - sum(counts), own)
