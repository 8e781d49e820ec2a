"""The rubric: criteria with words for every value, and the marks an expert may set."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from workspace.task_types.base.fields import Fields

LOW, HIGH = 1, 5
VALUES = tuple(str(value) for value in range(LOW, HIGH + 1))
CRITERIA, TITLE_CHARACTERS, ANCHOR_CHARACTERS = 12, 80, 200
MOST_WEIGHT = 100
FLAGS, CODE_CHARACTERS = 12, 32
MARKS = {
    "spam": "Spam",
    "pii": "Personal data",
    "off_topic": "Off topic",
    "unsafe": "Unsafe",
}
_CODE = re.compile(rf"[a-z0-9_]{{1,{CODE_CHARACTERS}}}")
_CODE_SENTENCE = f"Use 1 to {CODE_CHARACTERS} small letters, digits or _."


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question of the rubric; `anchors` say what each value from "1" to "5" means.

    A weight of 0 is asked and exported like any other, and left out of the weighted mean.
    """

    id: str
    title: str
    weight: int
    mandatory: bool
    anchors: Mapping[str, str]


def _ready(name: str, title: str, weight: int, *words: str) -> Criterion:
    return Criterion(name, title, weight, mandatory=True, anchors=dict(zip(VALUES, words, strict=True)))


# depth and length say how much there is, not how good it is: they do not move the mean
READY_MADE = (
    _ready(
        "helpfulness", "Helpful", 1, "No use", "Little use", "Useful with gaps", "Useful", "Nothing to add"
    ),
    _ready("correctness", "Correct", 1, "Wrong", "Mostly wrong", "Mixed", "Small slips", "Right"),
    _ready(
        "coherence",
        "Coherent",
        1,
        "Makes no sense",
        "Hard to follow",
        "Loses the thread in places",
        "Clear",
        "Clear throughout",
    ),
    _ready(
        "complexity",
        "Depth",
        0,
        "Anybody could write it",
        "Takes some reading",
        "Takes some training",
        "Takes solid training",
        "Only an expert could write it",
    ),
    _ready("verbosity", "Length", 0, "Bare", "Short", "Medium", "Long", "Very long"),
)
_BY_NAME = {criterion.id: criterion for criterion in READY_MADE}


def read_criteria(fields: Fields) -> tuple[Criterion, ...]:
    """1 to 12 criteria with different ids; without any, the ready-made ones."""
    if not fields.has("criteria"):
        return READY_MADE
    rows = fields.rows("criteria", least=1, most=CRITERIA)
    found = tuple(_criterion(fields, f"criteria[{index}]", row) for index, row in enumerate(rows))
    names = [criterion.id for criterion in found]
    for index, name in enumerate(names):
        if name in names[:index]:
            fields.wrong(f"criteria[{index}].id", f"Two criteria are called {name}.")
    return found


def _criterion(fields: Fields, place: str, row: object) -> Criterion:
    """A criterion; what one with the id of a ready-made one leaves out is taken from that."""
    if isinstance(row, str):
        if row not in _BY_NAME:
            fields.wrong(place, f"Give id, title and anchors, or one of: {', '.join(_BY_NAME)}.")
        return _BY_NAME.get(row, READY_MADE[0])
    inner = fields.inner(place, row)
    name = inner.text("id", needed="Give the criterion an id.", longest=CODE_CHARACTERS)
    if name.strip() and not _CODE.fullmatch(name):
        inner.wrong("id", _CODE_SENTENCE)
    ready = _BY_NAME.get(name)
    title = inner.text("title", longest=TITLE_CHARACTERS) or (ready.title if ready else "")
    if not title.strip():
        inner.wrong("title", "Give the criterion a title.")
    return Criterion(
        id=name,
        title=title,
        weight=inner.whole("weight", 0, MOST_WEIGHT, default=ready.weight if ready else 1),
        mandatory=inner.flag("mandatory") if inner.has("mandatory") else True,
        anchors=ready.anchors if ready and not inner.has("anchors") else _anchors(inner),
    )


def _anchors(fields: Fields) -> dict[str, str]:
    """Words for every value: an object from "1" to "5", or five texts, the lowest value first."""
    if not fields.has("anchors"):
        fields.wrong("anchors", f"Say in words what each value from {LOW} to {HIGH} means.")
        return dict.fromkeys(VALUES, "")
    raw = fields.get("anchors")
    if isinstance(raw, list | tuple):
        rows = fields.rows("anchors", least=HIGH, most=HIGH)
        raw = dict(zip(VALUES, rows, strict=True)) if rows else {}
    inner = fields.inner("anchors", raw)
    return {
        value: inner.text(value, needed=f"Say in words what {value} means.", longest=ANCHOR_CHARACTERS)
        for value in VALUES
    }


def read_flags(fields: Fields) -> tuple[str, ...]:
    """Codes of the marks on offer; ours when the payload names none, an empty list for no marks."""
    if not fields.has("flag_list"):
        return tuple(MARKS)
    codes = fields.texts("flag_list", most=FLAGS, longest=CODE_CHARACTERS)
    for index, code in enumerate(codes):
        if not _CODE.fullmatch(code):
            fields.wrong(f"flag_list[{index}]", _CODE_SENTENCE)
    return codes


def mark_label(code: str) -> str:
    """What people read for a mark: our words, or the company's code with spaces."""
    return MARKS.get(code) or code.replace("_", " ").strip().capitalize() or code
