"""What somebody typed into a page that cannot take it any more: shown again with the reason, never lost."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

import wtforms
from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.kit.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from marketplace.kit.forms import BaseForm
from marketplace.kit.web import db

View = Callable[..., ResponseReturnValue]
NOT_NOW = "It cannot be sent here any more."


@dataclass(frozen=True, slots=True)
class Kept:
    """Why it was not sent, what was chosen and what was typed: pairs of a field's label and its value."""

    why: str
    chosen: Sequence[tuple[str, str]]
    words: Sequence[tuple[str, str]]


def tried(verb: Callable[[], object]) -> Refusal | None:
    """Run a verb; its refusal comes back and what it had written is undone, so that a page can be shown."""
    try:
        with db().begin_nested():
            verb()
    except (Conflict, Forbidden, Invalid, NotFound) as refusal:
        return refusal
    return None


def kept(form: BaseForm, why: str) -> Kept | None:
    """What was filled in, to be shown beside `why`; None: nothing was."""
    chosen = [(str(field.label.text), ", ".join(_picked(field))) for field in form if _is_choice(field)]
    words = [
        (str(field.label.text), str(field.data))
        for field in form
        if isinstance(field, wtforms.TextAreaField) and field.data
    ]
    chosen = [pair for pair in chosen if pair[1]]
    return Kept(why, chosen, words) if chosen or words else None


def beside(form: BaseForm | None, refused: Refusal | None, *, is_asked: bool) -> Kept | None:
    """What was sent and the page has no form for any more; a form that is still there says why itself."""
    if form is None:
        return None
    if not is_asked:
        return kept(form, refused.message if refused else NOT_NOW)
    if refused is not None:
        form.form_errors.append(refused.message)
    return None


def keeping(form: Callable[[], BaseForm]) -> Callable[[View], View]:
    """For a view that takes `form`: what was typed is shown even to who may not see the page any more."""

    def around(view: View) -> View:
        @wraps(view)
        def shown(**values: Any) -> ResponseReturnValue:
            try:
                return view(**values)
            except (
                Forbidden,
                NotFound,
            ) as refusal:  # raised while the page was looked for: nothing is written
                left = kept(form(), refusal.message)
                if left is None:
                    raise
                return render_template("workspace/reviews/not_sent.html", kept=left), refusal.status_code

        return shown

    return around


def _is_choice(field: Any) -> bool:
    return isinstance(field, wtforms.SelectField | wtforms.SelectMultipleField) and bool(field.choices)


def _picked(field: Any) -> Iterable[str]:
    return [one.label for one in field.iter_choices() if one.selected and one.value]
