"""Values on the rubric, an overall value, and the reasons for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from workspace.task_types.base.cautions import cautions
from workspace.task_types.base.fields import Fields
from workspace.task_types.base.results import Checked, Invalid, Json
from workspace.task_types.rating.payload import Payload
from workspace.task_types.rating.rubric import HIGH, LOW, Criterion

TEXT_CHARACTERS = 20_000
FAR = 2
ENDS = (LOW, HIGH)


@dataclass(frozen=True, slots=True)
class Answer:
    """`scores` has every criterion of the task, None where no value was given."""

    scores: Mapping[str, int | None] = field(default_factory=dict)
    cannot_assess: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    justifications: Mapping[str, str] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    overall: int | None = None
    why: str = ""


def read(fields: Fields, payload: Payload) -> Answer:
    """Whatever is usable, with the complaints about the rest left in `fields`."""
    return Answer(
        scores=_scores(fields, payload),
        cannot_assess=fields.picks("cannot_assess", payload.ids),
        not_applicable=_not_applicable(fields, payload),
        justifications=_justifications(fields, payload),
        marks=fields.picks("marks", payload.flag_list),
        overall=fields.whole_or_none("overall", LOW, HIGH),
        why=fields.text("why", longest=TEXT_CHARACTERS),
    )


def read_answer(payload: Payload, raw: Json) -> Checked[Answer] | Invalid:
    """The complete answer with its warnings, or field errors."""
    fields = Fields(raw, "answer")
    answer = read(fields, payload)
    for criterion in payload.criteria:
        _need_value(fields, criterion, answer)
    _need_overall(fields, payload, answer)
    if fields.errors:
        return Invalid(dict(fields.errors))
    return Checked(answer, _warnings(payload, answer), _habits(answer))


def mean(payload: Payload, answer: Answer) -> Fraction | None:
    """The weighted mean of the values that were given; None when nothing with a weight has one."""
    given = [
        (criterion.weight, score)
        for criterion in payload.criteria
        if (score := answer.scores.get(criterion.id)) is not None
    ]
    weight = sum(each for each, _ in given)
    return Fraction(sum(each * score for each, score in given), weight) if weight else None


def rounded(value: Fraction) -> str:
    """A mean as people read it: one digit, halves up."""
    tenths = int(value * 10 + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}"


def needs_why(payload: Payload, answer: Answer) -> bool:
    """Whether the overall value has to be explained: at an end, or far from the mean."""
    middle = mean(payload, answer)
    if answer.overall is None:
        return False
    return answer.overall in ENDS or (middle is not None and abs(answer.overall - middle) >= FAR)


def _scores(fields: Fields, payload: Payload) -> dict[str, int | None]:
    inner = _by_criterion(fields, "scores", payload)
    return {name: inner.whole_or_none(name, LOW, HIGH) for name in payload.ids}


def _justifications(fields: Fields, payload: Payload) -> dict[str, str]:
    """In the order of the criteria; blank ones are none."""
    inner = _by_criterion(fields, "justifications", payload)
    texts = {name: inner.text(name, longest=TEXT_CHARACTERS) for name in payload.ids}
    return {name: text for name, text in texts.items() if text.strip()}


def _by_criterion(fields: Fields, name: str, payload: Payload) -> Fields:
    raw = fields.get(name) if fields.has(name) else {}
    if isinstance(raw, Mapping) and any(key not in payload.ids for key in raw):
        fields.wrong(name, "Name only criteria of this task.")
    return fields.inner(name, raw)


def _not_applicable(fields: Fields, payload: Payload) -> tuple[str, ...]:
    if payload.allow_not_applicable:
        return fields.picks("not_applicable", payload.ids)
    if fields.rows("not_applicable", most=len(payload.ids)):
        fields.wrong("not_applicable", "This project has no “not applicable”. Say that you cannot assess it.")
    return ()


def _need_value(fields: Fields, criterion: Criterion, answer: Answer) -> None:
    """A value, or why there is none; an optional criterion may be left out."""
    name, title = criterion.id, criterion.title
    cannot, does_not_apply = name in answer.cannot_assess, name in answer.not_applicable
    said = [answer.scores[name] is not None, cannot, does_not_apply]
    if sum(said) > 1:
        fields.wrong(f"scores.{name}", f"Say one thing about “{title}”: a value, or why there is none.")
    elif criterion.mandatory and not any(said):
        fields.wrong(f"scores.{name}", f"Rate “{title}”, or say that you cannot assess it.")
    if name in answer.justifications:
        return
    if cannot:
        fields.wrong(f"justifications.{name}", f"Say why you cannot assess “{title}”.")
    elif does_not_apply:
        fields.wrong(f"justifications.{name}", f"Say why “{title}” does not apply.")


def _need_overall(fields: Fields, payload: Payload, answer: Answer) -> None:
    if answer.overall is None:
        fields.wrong("overall", "Give the overall value.")
    elif answer.overall in ENDS and not answer.why.strip():
        fields.wrong("why", f"Say why it is {answer.overall} overall.")
    elif needs_why(payload, answer) and not answer.why.strip():
        middle = rounded(mean(payload, answer) or Fraction(0))
        fields.wrong(
            "why", f"Say why: your values have a mean of {middle}, and you gave {answer.overall} overall."
        )


def _warnings(payload: Payload, answer: Answer) -> tuple[str, ...]:
    found: list[str] = []
    for text in (answer.why, *answer.justifications.values()):
        found += cautions(text, prompt=payload.prompt, others=[payload.response.text], language=False)
    return tuple(dict.fromkeys(found))


def _habits(answer: Answer) -> tuple[str, ...]:
    """One value everywhere says little only where more than one criterion was rated."""
    values = [score for score in answer.scores.values() if score is not None]
    return ("all_same",) if len(values) > 1 and {*values} == {answer.overall} else ()
