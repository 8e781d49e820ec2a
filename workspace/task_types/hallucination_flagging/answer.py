"""Flagged words, what was looked at, and how far the response can be relied on."""

from dataclasses import dataclass

from workspace.task_types.base.cautions import cautions
from workspace.task_types.base.fields import TEXT_CHARACTERS, Fields
from workspace.task_types.base.results import Checked, Invalid, Json
from workspace.task_types.hallucination_flagging import anchors
from workspace.task_types.hallucination_flagging.payload import Payload

VERDICTS = {"reliable": "Reliable", "minor_issues": "Minor issues", "unreliable": "Unreliable"}
SEVERITIES = {"minor": "Minor", "major": "Major"}
SPANS, EVIDENCE, EVIDENCE_CHARACTERS, CORRECTION_CHARACTERS = 100, 10, 2_000, 5_000
CERTAIN = 5
NAMED = 6


@dataclass(frozen=True, slots=True)
class Span:
    """Words of the response; `end` is not larger than `start` while nobody knows where they stand."""

    field: str = "response"
    start: int = 0
    end: int = 0
    text: str = ""
    prefix: str = ""
    suffix: str = ""
    type: str = ""
    severity: str = ""
    correction: str | None = None
    cannot_verify: bool = False
    evidence: tuple[str, ...] = ()
    confidence: int | None = None

    @property
    def placed(self) -> bool:
        """Whether it has a place in the text."""
        return self.end > self.start


@dataclass(frozen=True, slots=True)
class Answer:
    """`sentences_checked` are positions in the payload's list, from 0."""

    none_found: bool = False
    spans: tuple[Span, ...] = ()
    sentences_checked: tuple[int, ...] = ()
    verdict: str = ""


def read(fields: Fields, payload: Payload) -> Answer:
    """Whatever is usable, with the complaints about the rest left in `fields`."""
    return Answer(
        none_found=fields.flag("none_found"),
        spans=tuple(
            _span(fields.inner(f"spans[{index}]", row), payload)
            for index, row in enumerate(fields.rows("spans", most=SPANS))
        ),
        sentences_checked=_checked(fields, payload),
        verdict=fields.one_of("verdict", tuple(VERDICTS), default=""),
    )


def read_answer(payload: Payload, raw: Json) -> Checked[Answer] | Invalid:
    """The complete answer with its warnings, or field errors."""
    fields = Fields(raw, "answer")
    answer = read(fields, payload)
    _need_findings(fields, answer)
    for index, span in enumerate(answer.spans):
        _need_span(fields, index, span, answer.spans[:index])
    if unseen := open_sentences(payload, answer):
        named = _named([number + 1 for number in unseen])
        fields.wrong("sentences_checked", f"Check {named}: tick it, or flag what is wrong in it.")
    if not answer.verdict:
        fields.wrong("verdict", "Choose how far the response can be relied on.")
    if fields.errors:
        return Invalid(dict(fields.errors))
    return Checked(answer, _warnings(payload, answer))


def open_sentences(payload: Payload, answer: Answer) -> list[int]:
    """The sentences nobody has ticked or flagged anything in."""
    placed = [(span.start, span.end) for span in answer.spans if span.placed]
    return [
        number
        for number, (start, end) in enumerate(payload.sentences)
        if number not in answer.sentences_checked
        and not any(one < end and start < other for one, other in placed)
    ]


def _span(fields: Fields, payload: Payload) -> Span:
    fields.one_of("field", ("response",), default="response")
    start, end, text = _place(fields, payload.text)
    prefix, suffix = anchors.around(payload.text, start, end)
    return Span(
        start=start,
        end=end,
        text=text,
        prefix=prefix if end > start else fields.text("prefix"),
        suffix=suffix if end > start else fields.text("suffix"),
        type=fields.one_of("type", tuple(payload.labels), default=""),
        severity=fields.one_of("severity", tuple(SEVERITIES), default=""),
        correction=fields.text("correction", longest=CORRECTION_CHARACTERS) or None,
        cannot_verify=fields.flag("cannot_verify"),
        evidence=fields.texts("evidence", most=EVIDENCE, longest=EVIDENCE_CHARACTERS),
        confidence=fields.whole_or_none("confidence", 1, CERTAIN),
    )


def _place(fields: Fields, text: str) -> tuple[int, int, str]:
    """(start, end, words): by the offsets, which must hold exactly these words, or by the words alone."""
    quote = fields.text("text", needed="Give the words you flag.")
    before, after = fields.text("prefix"), fields.text("suffix")
    if fields.has("start") or fields.has("end"):
        start = fields.whole("start", 0, TEXT_CHARACTERS, default=0)
        end = fields.whole("end", 0, TEXT_CHARACTERS, default=0)
        if anchors.stands(text, quote, start, end):
            return start, end, quote
        fields.wrong("text", "These words do not stand at this place of the response. Flag them again.")
        return 0, 0, quote
    places = anchors.found(text, quote, before=before, after=after)
    if len(places) == 1:
        start, end = places[0]
        return start, end, text[start:end]
    fields.wrong("text", _nowhere(len(places)))
    return 0, 0, quote


def _nowhere(count: int) -> str:
    if count:
        return f"These words stand in the response {count} times. Give the words before them as well."
    return "These words are not in the response. Copy them letter by letter."


def _checked(fields: Fields, payload: Payload) -> tuple[int, ...]:
    known = range(len(payload.sentences))
    rows = fields.rows("sentences_checked", most=2 * len(known) + SPANS)
    if any(type(row) is not int or row not in known for row in rows):
        fields.wrong("sentences_checked", "Name only sentences of this response, the first one is 0.")
    return tuple(number for number in known if any(type(row) is int and row == number for row in rows))


def _need_findings(fields: Fields, answer: Answer) -> None:
    if answer.spans and answer.none_found:
        flags = "a problem" if len(answer.spans) == 1 else f"{len(answer.spans)} problems"
        fields.wrong("none_found", f"You flagged {flags}. Remove what you flagged, or untick this.")
    elif not answer.spans and not answer.none_found:
        fields.wrong("none_found", "Flag at least one problem, or choose “No problems found, I checked”.")


def _need_span(fields: Fields, index: int, span: Span, before: tuple[Span, ...]) -> None:
    place, name = f"spans[{index}]", f"Flag {index + 1}"
    if not span.type:
        fields.wrong(f"{place}.type", f"{name}: choose what is wrong.")
    if not span.severity:
        fields.wrong(f"{place}.severity", f"{name}: choose minor or major.")
    if not (span.correction or "").strip() and not span.cannot_verify:
        fields.wrong(f"{place}.correction", f"{name}: write what is right, or tick “Cannot be verified”.")
    if span.severity == "major" and not span.evidence:
        fields.wrong(f"{place}.evidence", f"{name}: a major problem needs evidence. Say where you looked.")
    if any((span.start, span.end, span.type) == (old.start, old.end, old.type) for old in before):
        fields.wrong(f"{place}.text", f"{name}: the same words are flagged for the same reason already.")


def _named(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"sentence {numbers[0]}"
    shown = [str(number) for number in numbers[:NAMED]]
    rest = len(numbers) - len(shown)
    last = f"{rest} more" if rest else shown.pop()
    return f"sentences {', '.join(shown)} and {last}"


def _warnings(payload: Payload, answer: Answer) -> tuple[str, ...]:
    half = len(payload.text) / 2
    found = ["span_too_long"] if any(span.end - span.start > half for span in answer.spans) else []
    if answer.verdict == "reliable" and any(span.severity == "major" for span in answer.spans):
        found.append("reliable_with_major")
    written = "\n".join(span.correction or "" for span in answer.spans)
    shown = [payload.text, *(source.text for source in payload.context)]
    shown += [reference.text for reference in payload.references if reference.text]
    found += cautions(written, prompt=payload.prompt, others=shown, language=False)
    return tuple(dict.fromkeys(found))
