"""Letters: subject, text and HTML of one e-mail from one context, drawn without a request."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from marketplace.kit import money

FOLDER = Path(__file__).parents[2] / "templates" / "emails"


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is sent."""

    subject: str
    text: str
    html: str


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["money"] = money.shown
    return made


def write(template: str, /, **context: Any) -> Letter:
    """The letter of `<template>.txt` (its block `subject` first) and `<template>.html`; a gap is an error."""
    environment = _environment()
    text = environment.get_template(f"{template}.txt")
    subject = "".join(text.blocks["subject"](text.new_context(context)))
    return Letter(
        subject=" ".join(subject.split()),  # one line, whatever a name or a title contains
        text=text.render(context).strip() + "\n",
        html=environment.get_template(f"{template}.html").render(context, subject=" ".join(subject.split())),
    )
