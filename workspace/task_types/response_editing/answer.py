"""An edited text with its changes, or the finding that nothing has to change."""

from dataclasses import dataclass

from workspace.task_types.base import words
from workspace.task_types.base.cautions import cautions
from workspace.task_types.base.fields import Fields
from workspace.task_types.base.results import Checked, Invalid, Json
from workspace.task_types.response_editing import hunks as tagged
from workspace.task_types.response_editing.difference import changes
from workspace.task_types.response_editing.hunks import Hunk
from workspace.task_types.response_editing.payload import Payload

SUMMARY_LEAST, SUMMARY_CHARACTERS = 30, 20_000
FEW_WORDS, REWRITE_PERCENT = 3, 90


@dataclass(frozen=True, slots=True)
class Answer:
    """`hunks` are all changes in order; `edit_words` counts the words on their new side."""

    edited: str = ""
    no_edit: bool = False
    no_edit_reason: str | None = None
    summary: str = ""
    hunks: tuple[Hunk, ...] = ()
    edit_words: int = 0

    def text(self, payload: Payload) -> str:
        """The response as this answer leaves it."""
        return payload.original if self.no_edit else self.edited


@dataclass(frozen=True, slots=True)
class Tally:
    """Words the changes put in and took out, out of `total` words of the original."""

    added: int
    removed: int
    differing: int
    total: int

    @property
    def percent_kept(self) -> int:
        """Share of the original's words that are still there."""
        return 100 - min(100, self.removed * 100 // self.total) if self.total else 100


def tally(original: str, edited: str, hunks: tuple[Hunk, ...]) -> Tally:
    """Count the words of all changes; a word replaced by a word differs once."""
    pairs = [
        (words.count_words(original[slice(*hunk.a)]), words.count_words(edited[slice(*hunk.b)]))
        for hunk in hunks
    ]
    return Tally(
        added=sum(added for _, added in pairs),
        removed=sum(removed for removed, _ in pairs),
        differing=sum(max(pair) for pair in pairs),
        total=words.count_words(original),
    )


def read(fields: Fields, payload: Payload) -> Answer:
    """Whatever is usable, with the complaints about the rest left in `fields`; no text is the original."""
    edited = fields.text("edited") if fields.has("edited") else payload.original
    hunks = tagged.read_hunks(fields, changes(payload.original, edited))
    no_edit = fields.flag("no_edit")
    return Answer(
        edited=edited,
        no_edit=no_edit,
        no_edit_reason=fields.text("no_edit_reason", longest=SUMMARY_CHARACTERS) or None,
        summary=fields.text("summary", longest=SUMMARY_CHARACTERS),
        hunks=hunks,
        edit_words=tally(payload.original, edited, hunks).added,
    )


def read_answer(payload: Payload, raw: Json) -> Checked[Answer] | Invalid:
    """The complete answer with its warnings, or field errors."""
    fields = Fields(raw, "answer")
    if fields.flag("no_edit"):
        return _untouched(fields, payload)
    answer = read(fields, payload)
    _need_edit(fields, payload, answer)
    if fields.errors:
        return Invalid(dict(fields.errors))
    kept = Answer(
        edited=answer.edited, summary=answer.summary, hunks=answer.hunks, edit_words=answer.edit_words
    )
    return Checked(kept, _warnings(payload, kept))


def _untouched(fields: Fields, payload: Payload) -> Checked[Answer] | Invalid:
    """No change needed: the original stands, and whatever was tried on it does not count."""
    reason = fields.text(
        "no_edit_reason", needed="Write why no change is needed.", longest=SUMMARY_CHARACTERS
    )
    answer = Answer(edited=payload.original, no_edit=True, no_edit_reason=reason)
    return Invalid(dict(fields.errors)) if fields.errors else Checked(answer)


def _need_edit(fields: Fields, payload: Payload, answer: Answer) -> None:
    if not answer.edited.strip():
        fields.wrong("edited", "Nothing is left of the response. Write it as it should be.")
    elif _spaced(answer.edited) == _spaced(payload.original):
        fields.wrong(
            "edited", "You have not changed anything. Edit the response, or choose “No change needed”."
        )
    elif not any(hunk.tags for hunk in answer.hunks):
        fields.wrong("hunks", "Tag at least one change: say what was wrong.")
    for index in tagged.untold(answer.hunks):
        fields.wrong(f"hunks[{index}].source", "Say where the right fact is from.")
    count = len(_spaced(answer.summary))
    if count < SUMMARY_LEAST:
        fields.wrong(
            "summary",
            f"Write what you changed and why ({SUMMARY_LEAST} characters or more). You have {count}.",
        )


def _spaced(text: str) -> str:
    """The text without the difference of white space; case counts."""
    return " ".join(text.split())


def _warnings(payload: Payload, answer: Answer) -> tuple[str, ...]:
    """An edit is meant to be like the response, so likeness is no caution; a foreign response may stay so."""
    original, edited = payload.original, answer.edited
    counted = tally(original, edited, answer.hunks)
    found = []
    if counted.differing < FEW_WORDS:
        found.append("almost_original")
    if counted.removed * 100 > REWRITE_PERCENT * counted.total:
        found.append("is_rewrite")
    same_script = words.script(edited) == words.script(original)
    shared = cautions(edited, prompt=payload.prompt, others=[original], language=not same_script)
    return (*found, *(code for code in shared if code != "like_other_text"))
