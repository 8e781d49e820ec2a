"""An order with strengths and the reason for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workspace.task_types.base.cautions import cautions
from workspace.task_types.base.fields import Fields
from workspace.task_types.base.results import Checked, Invalid, Json
from workspace.task_types.base.words import count_words, fold
from workspace.task_types.response_ranking.payload import MOST, Payload

REASONS = {
    "more_accurate": "More accurate",
    "safer": "Safer",
    "more_complete": "More complete",
    "clearer": "Clearer",
    "better_format": "Better format",
    "follows_instructions": "Follows instructions",
    "better_tone": "Better tone",
}
BETTER, MUCH_BETTER = 1, 2
WHY_CHARACTERS = 20_000
Groups = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """`groups` of ids, best first, ties in one group; `strengths[i]` between group i and i + 1."""

    groups: Groups = ()
    strengths: tuple[int, ...] = ()
    dimensions: Mapping[str, Groups] = field(default_factory=dict)
    why: str = ""
    reasons: tuple[str, ...] = ()
    none_good: bool = False
    none_good_reason: str | None = None
    rewrite: str | None = None
    seen: tuple[str, ...] = ()


def read(fields: Fields, payload: Payload) -> Answer:
    """Whatever is usable, with the complaints about the rest left in `fields`."""
    none_good = fields.flag("none_good")
    dimensions = {} if none_good else _dimensions(fields, payload)
    return Answer(
        groups=() if none_good else _groups(fields, "groups", payload),
        strengths=() if none_good else _strengths(fields),
        dimensions=dimensions,
        why=fields.text("why", longest=WHY_CHARACTERS),
        reasons=fields.picks("reasons", REASONS),
        none_good=none_good,
        none_good_reason=fields.text("none_good_reason", longest=WHY_CHARACTERS) or None
        if none_good
        else None,
        rewrite=fields.text("rewrite") or None if payload.rewrite != "none" else None,
        seen=_seen(fields, payload),
    )


def read_answer(payload: Payload, raw: Json) -> Checked[Answer] | Invalid:
    """The complete answer with its warnings, or field errors."""
    fields = Fields(raw, "answer")
    answer = read(fields, payload)
    if answer.none_good:
        if not answer.none_good_reason:
            fields.wrong("none_good_reason", "Write why none of these is good enough.")
    else:
        _need_order(fields, payload, answer)
        _need_why(fields, payload, answer)
    if payload.rewrite == "required" and not (answer.rewrite or "").strip():
        fields.wrong("rewrite", "Write the response as it should be.")
    if fields.errors:
        return Invalid(dict(fields.errors))
    return Checked(answer, _warnings(payload, answer), _habits(payload, answer))


def _groups(fields: Fields, name: str, payload: Payload) -> Groups:
    found: list[tuple[str, ...]] = []
    taken: set[str] = set()
    for index, row in enumerate(fields.rows(name, most=MOST)):
        group = []
        for item in row if isinstance(row, list | tuple) else [None]:
            if not isinstance(item, str) or item not in payload.ids or item in taken:
                fields.wrong(f"{name}[{index}]", "Name each response of this task once.")
                continue
            taken.add(item)
            group.append(item)
        if group:
            found.append(tuple(group))
    return tuple(found)


def _strengths(fields: Fields) -> tuple[int, ...]:
    found = []
    for index, value in enumerate(fields.rows("strengths", most=MOST - 1)):
        if type(value) is not int or value not in {BETTER, MUCH_BETTER}:
            fields.wrong(f"strengths[{index}]", "Give 1 for better or 2 for much better.")
            continue
        found.append(value)
    return tuple(found)


def _dimensions(fields: Fields, payload: Payload) -> dict[str, Groups]:
    if not payload.dimensions or not fields.has("dimensions"):
        return {}
    inner = fields.inner("dimensions", fields.get("dimensions"))
    return {name: _groups(inner, name, payload) for name in payload.dimensions}


def _seen(fields: Fields, payload: Payload) -> tuple[str, ...]:
    rows = fields.rows("seen", most=10 * MOST)
    if any(not isinstance(row, str) or row not in payload.ids for row in rows):
        fields.wrong("seen", "Name only responses of this task.")
    return tuple(name for name in payload.ids if name in rows)


def _need_order(fields: Fields, payload: Payload, answer: Answer) -> None:
    if missing := _missing(payload, answer.groups):
        fields.wrong("groups", f"Place {_named(payload, missing)}.")
    gaps = max(len(answer.groups) - 1, 0)
    if len(answer.strengths) > gaps:
        fields.wrong("strengths", f"Say how much better only where the order changes: {gaps} times.")
    for gap in range(len(answer.strengths), gaps):
        fields.wrong(f"strengths[{gap}]", f"Say how much better place {gap + 1} is than place {gap + 2}.")
    for name in payload.dimensions:
        if missing := _missing(payload, answer.dimensions.get(name, ())):
            fields.wrong(f"dimensions.{name}", f"For “{name}”, place {_named(payload, missing)}.")
    if unread := [name for name in payload.ids if name not in answer.seen]:
        ends = "its end" if len(unread) == 1 else "the end"
        fields.wrong("seen", f"Read {_named(payload, unread)} to {ends}.")


def _need_why(fields: Fields, payload: Payload, answer: Answer) -> None:
    count = count_words(answer.why)
    if count < payload.why_min_words:
        fields.wrong(
            "why",
            f"Write why you chose this order ({payload.why_min_words} words or more). You have {count}.",
        )
    elif fold(answer.why) in {fold(response.text) for response in payload.responses}:
        fields.wrong("why", "This repeats a response. Write in your own words why you chose this order.")


def _missing(payload: Payload, groups: Groups) -> list[str]:
    placed = {name for group in groups for name in group}
    return [name for name in payload.ids if name not in placed]


def _named(payload: Payload, ids: list[str]) -> str:
    names = [f"response {payload.letter(name)}" for name in ids]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _strict(answer: Answer) -> tuple[str, ...]:
    """The order when nothing is tied, else nothing."""
    flat = tuple(name for group in answer.groups for name in group)
    return flat if len(flat) == len(answer.groups) else ()


def _warnings(payload: Payload, answer: Answer) -> tuple[str, ...]:
    found = ["order_unchanged"] if _strict(answer) == payload.ids else []
    others = [response.text for response in payload.responses]
    found += cautions(answer.why, prompt=payload.prompt, others=others, language=False)
    found += cautions(answer.rewrite or "", prompt=payload.prompt, others=others)
    return tuple(dict.fromkeys(found))


def _habits(payload: Payload, answer: Answer) -> tuple[str, ...]:
    length = {response.id: len(response.text) for response in payload.responses}
    lengths = [length[name] for name in _strict(answer)]
    longest_first = len(set(lengths)) > 1 and lengths == sorted(lengths, reverse=True)
    return ("longest_first",) if longest_first else ()
