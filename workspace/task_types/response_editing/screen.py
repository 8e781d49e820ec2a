"""What the templates draw of an edit: the changes, numbered, and both texts cut where they differ."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from workspace.task_types.base.fields import Fields
from workspace.task_types.base.parts import is_link
from workspace.task_types.base.results import Json
from workspace.task_types.base.words import count_words
from workspace.task_types.response_editing.answer import SUMMARY_LEAST, Answer, Tally, read, tally
from workspace.task_types.response_editing.form import place_of
from workspace.task_types.response_editing.hunks import TAGS, Hunk
from workspace.task_types.response_editing.payload import Payload


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text: `same`, `gone` or `new`; `number` is its change, 0 for what is the same.

    The number is written behind the last stretch of a change.
    """

    kind: str
    text: str
    number: int = 0
    is_last: bool = False

    @property
    def seen(self) -> str:
        """The text with a sign where a changed line break could not be seen."""
        return self.text if self.text.strip() or not self.number else f"↵{self.text}"


@dataclass(frozen=True, slots=True)
class Row:
    """One change with its words and what was said about it; `tags` are (code, label, on)."""

    number: int
    hunk: Hunk
    place: str
    gone: str
    new: str
    tags: tuple[tuple[str, str, bool], ...]

    @property
    def source_link(self) -> bool:
        """Whether the source is the address of a page."""
        return is_link(self.hunk.source or "")

    @property
    def spoken(self) -> str:
        """The change as a sentence, for a label."""
        gone, new = self.gone.strip() or "a line break", self.new.strip() or "a line break"
        if self.hunk.op == "insert":
            return f"“{new}” was added"
        return f"“{gone}” was taken out" if self.hunk.op == "delete" else f"“{gone}” became “{new}”"


@dataclass(frozen=True, slots=True)
class Screen:
    """A payload together with an answer or a draft of it."""

    payload: Payload
    answer: Answer
    rows: tuple[Row, ...]
    tally: Tally
    words: int
    edited_words: int
    summary_least: int = SUMMARY_LEAST

    @property
    def original_json(self) -> str:
        """The original as JSON, which no parser of pages changes: its places must be those we count."""
        return json.dumps(self.payload.original)

    @property
    def blank_tags(self) -> tuple[tuple[str, str, bool], ...]:
        """The tags of a change about which nothing is said yet."""
        return tuple((code, label, False) for code, label in TAGS.items())

    @property
    def is_source(self) -> bool:
        """Whether the text is shown letter for letter, in the face of code."""
        return self.payload.format != "prose"

    @property
    def merged(self) -> tuple[Piece, ...]:
        """One text with what is gone and what is new."""
        return tuple(self._pieces(gone=True, new=True))

    @property
    def before(self) -> tuple[Piece, ...]:
        """The original with what is gone."""
        return tuple(self._pieces(gone=True, new=False))

    @property
    def after(self) -> tuple[Piece, ...]:
        """The edited text with what is new."""
        return tuple(self._pieces(gone=False, new=True))

    def _pieces(self, *, gone: bool, new: bool) -> Iterator[Piece]:
        """Without new words the original leads, else the edited text; spaces before a change stay outside."""
        text, at = (self.answer.edited if new else self.payload.original), 0
        for row in self.rows:
            start, end = row.hunk.b if new else row.hunk.a
            parts = [("gone", row.gone if gone else ""), ("new", row.new if new else "")]
            parts = [part for part in parts if part[1]]
            lead = len(parts[0][1]) - len(parts[0][1].lstrip(" ")) if parts else 0
            yield Piece("same", text[at:start] + " " * lead)
            for kind, words in parts:
                yield Piece(kind, words[lead:], row.number, is_last=(kind, words) == parts[-1])
            at = end
        yield Piece("same", text[at:])


def screen(payload: Payload, raw: Json) -> Screen:
    """Everything the templates need; unusable parts of a draft are left out."""
    answer = read(Fields(raw, "answer"), payload)
    original, edited = payload.original, answer.edited
    return Screen(
        payload=payload,
        answer=answer,
        rows=tuple(_row(number, hunk, original, edited) for number, hunk in enumerate(answer.hunks, 1)),
        tally=tally(original, edited, answer.hunks),
        words=count_words(original),
        edited_words=count_words(edited),
    )


def _row(number: int, hunk: Hunk, original: str, edited: str) -> Row:
    return Row(
        number=number,
        hunk=hunk,
        place=place_of(hunk.op, hunk.a, hunk.b),
        gone=original[slice(*hunk.a)],
        new=edited[slice(*hunk.b)],
        tags=tuple((code, label, code in hunk.tags) for code, label in TAGS.items()),
    )
