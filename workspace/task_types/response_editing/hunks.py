"""What an expert says about the changes, and how it stays with them while the text goes on changing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from workspace.task_types.base.fields import TEXT_CHARACTERS, Fields
from workspace.task_types.response_editing.difference import Change, Range

OPS = ("replace", "insert", "delete")
FACT_ERROR = "fact_error"
TAGS = {
    FACT_ERROR: "Fact error",
    "missing_step": "Missing step",
    "unsafe": "Unsafe",
    "tone": "Tone",
    "clarity": "Clarity",
    "format": "Format",
    "grammar": "Grammar",
}
HUNKS, REMARK_CHARACTERS = 2_000, 2_000
RETAG = "The text has changed. Tag it again."


@dataclass(frozen=True, slots=True)
class Hunk:
    """One change, why it was made (`tags`), where the right fact is from, and a note."""

    op: str
    a: Range
    b: Range
    tags: tuple[str, ...] = ()
    source: str | None = None
    note: str | None = None

    @property
    def change(self) -> Change:
        """The change this speaks of."""
        return Change(self.op, self.a, self.b)


def read_hunks(fields: Fields, known: Sequence[Change]) -> tuple[Hunk, ...]:
    """One for each change of the text, with what was said; complains when another text was spoken of."""
    said = [
        _hunk(fields.inner(f"hunks[{index}]", row))
        for index, row in enumerate(fields.rows("hunks", most=HUNKS))
    ]
    spoken_of = {hunk.change: hunk for hunk in said}
    standing = set(known)
    strays = [hunk for hunk in said if hunk.change not in standing]
    if strays or len(spoken_of) < len(said):
        fields.wrong("hunks", RETAG)
    return tuple(_carried(change, spoken_of.get(change), strays) for change in known)


def _carried(change: Change, exact: Hunk | None, strays: Sequence[Hunk]) -> Hunk:
    """What was said of this very change, else of the changes that stood at its place in the original."""
    found = Hunk(change.op, change.a, change.b)
    for hunk in [exact] if exact else [hunk for hunk in strays if _meet(hunk.a, change.a)]:
        found = replace(
            found,
            tags=tuple(tag for tag in TAGS if tag in {*found.tags, *hunk.tags}),
            source=found.source or hunk.source,
            note=found.note or hunk.note,
        )
    return found


def _meet(one: Range, other: Range) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _hunk(fields: Fields) -> Hunk:
    return Hunk(
        op=fields.one_of("op", OPS, default="replace"),
        a=_range(fields, "a"),
        b=_range(fields, "b"),
        tags=fields.picks("tags", TAGS),
        source=fields.text("source", longest=REMARK_CHARACTERS).strip() or None,
        note=fields.text("note", longest=REMARK_CHARACTERS).strip() or None,
    )


def _range(fields: Fields, name: str) -> Range:
    value = fields.get(name)
    places = list(value) if isinstance(value, list | tuple) else []
    if len(places) == 2 and all(type(place) is int for place in places):  # noqa: PLR2004 - from and to
        start, end = places
        if 0 <= start <= end <= TEXT_CHARACTERS:
            return start, end
    fields.wrong(name, "Give two places in the text, the first one first.")
    return 0, 0


def untold(hunks: Sequence[Hunk]) -> Iterator[int]:
    """The places of hunks that correct a fact and do not say where the right one is from."""
    return (index for index, hunk in enumerate(hunks) if FACT_ERROR in hunk.tags and not hunk.source)
