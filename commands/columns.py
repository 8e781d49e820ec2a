"""`--map field=column`: the columns of a file, chosen on the command line; how a task looks in a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from workspace.queue import service as queue
from workspace.task_types.base import Invalid, PayloadField, TaskType

HELP = (
    "Take FIELD of a task from a column of the file; repeat it for every field, what is not chosen is left "
    "out. A column is a name or a place: question, a.b[0], turns[-1], steps[:-1]. A name with a dot, a "
    'bracket, a plus or a quote in it is put in double quotes: "model.v1".text. Texts joined with + have a '
    "blank line between them, empty ones left out: prompt=instruction+input. A colon says the text itself: "
    'mode=:verify, or :"text" before a +. `tasks fields TYPE` lists the fields.'
)
option = click.option("--map", "maps", multiple=True, metavar="FIELD=COLUMN", help=HELP)


def chosen(maps: Sequence[str]) -> dict[str, str]:
    """Field -> columns; a refusal for what is not a pair or stands there twice."""
    found: dict[str, str] = {}
    for text in maps:
        field, sign, column = text.partition("=")
        field = field.strip()
        if not field or not sign or not column.strip():
            raise click.BadParameter(f"{text} is not FIELD=COLUMN.", param_hint="--map")
        if field in found:
            raise click.BadParameter(f"{field} stands there twice.", param_hint="--map")
        found[field] = column.strip()
    return found


def said(fields: Mapping[str, str]) -> Iterator[str]:
    """The choice, a line for each field."""
    yield from (f"{field} = {column}" for field, column in fields.items())


def fields(kind: TaskType[Any, Any]) -> Iterator[str]:
    """Every field of a type: its name, what may stand there, what it is."""
    known = queue.known_fields(kind)
    width = max(len(field.name) for field in known)
    for field in known:
        must = ", required" if field.required else ""
        yield f"{field.name:{width}}  {' or '.join(field.holds):14}  {field.label}{must}"


def preview(kind: TaskType[Any, Any], stored: Mapping[str, Any]) -> Iterator[str]:
    """The first task as an expert will see it, as text: nothing of models, responses in a shuffled order."""
    payload = kind.read_payload(stored)
    if isinstance(payload, Invalid):
        return
    shown = kind.store_payload(kind.blind(payload, queue.PREVIEW_SEED))
    labels: dict[str, PayloadField] = {field.name: field for field in kind.payload_fields}
    for name, value in shown.items():
        field = labels.get(name)
        if value not in ("", [], None) and not (field and field.held):
            label = field.label if field else name.replace("_", " ").capitalize()
            yield f"{label}:"
            yield from (f"    {line}" for text in _texts(value) for line in text.split("\n"))


def _texts(value: Any) -> Iterator[str]:
    """Whatever stands there, as lines a person reads."""
    if isinstance(value, Mapping):
        named = [f"{inner}" for name, inner in value.items() if name not in {"content", "text"} and inner]
        told = value.get("content", value.get("text"))
        yield f"[{', '.join(named)}]" if told is None else f"[{', '.join(named)}] {told or '(no answer)'}"
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value, 1):
            yield from (f"{number}. {text}" for text in _texts(inner))
    else:
        yield str(value)
