"""Forms: fields that draw themselves, text that is clean, messages that say what to do."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import wtforms
from flask import current_app, request
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import validators, widgets
from wtforms.csrf.core import CSRFTokenField
from wtforms.validators import ValidationError

from marketplace.kit import ids, money
from marketplace.kit.form_rules import WORDS, Clean, agreed, at_most, between, maybe, needed, strip, within

__all__ = [
    "BaseForm",
    "ChecklistField",
    "EmailMixin",
    "FieldList",
    "FormKeyMixin",
    "MoneyField",
    "NextMixin",
    "PartForm",
    "agreed",
    "at_most",
    "between",
    "grouped",
    "maybe",
    "needed",
    "options",
    "within",
]

TEMPLATE = "components/fields.html"
LINE, TEXT = 200, 20_000  # characters of one line and of a text, unless a field says otherwise
PATH = 2000  # characters of an address of our own
EXAMPLE_MINOR = 1250  # of an amount, in minor units
ROW_DIGITS = 4  # of the number of a row
EMAIL = 254  # as identity's column
MORE = ("data-hint", "data-key")  # what a choice may say besides its label
SENDING = {"POST", "PUT", "PATCH", "DELETE"}


class Plain:
    """WTForms' own messages in our words."""

    def gettext(self, text: str) -> str:
        """Our sentence for one of theirs."""
        return WORDS.get(text, text)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Counted messages stay as they are, but for a value that is not on the list."""
        if "not a valid choice" in one:
            return "Choose from the list."
        return one if count == 1 else many


class OurMeta:
    """How every form of ours binds and draws its fields."""

    def get_translations(self, form: Any) -> Plain:
        """Our words instead of WTForms'."""
        return Plain()

    def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> wtforms.Field:
        """Text fields strip, refuse control characters and have a limit even when nobody gave one.

        A choice of nothing but spaces is none: an optional field lets it pass without looking at its list.
        """
        field: wtforms.Field = unbound_field.bind(form=form, **options)
        if isinstance(field, wtforms.SelectField):
            field.filters = [strip, *field.filters]
        if not isinstance(field, wtforms.StringField) or isinstance(field, wtforms.PasswordField):
            return field
        lines = isinstance(field, wtforms.TextAreaField)
        rules: list[Any] = [Clean(lines=lines), *field.validators]
        if not any(isinstance(rule, validators.Length) for rule in rules):
            rules.append(at_most(TEXT if lines else LINE))
        field.validators = rules
        field.filters = [strip, *field.filters]
        return field

    def render_field(self, field: wtforms.Field, render_kw: dict[str, Any]) -> Markup:
        """Draw `{{ form.name() }}` with the macro named after its class, or after the nearest parent."""
        notes = [f"{field.id}-hint"] * bool(field.description)
        if field.errors:
            notes.append(f"{field.id}-error")
        drawn: dict[str, Any] = {**(field.render_kw or {}), **render_kw}
        extra = {_attribute(name): value for name, value in drawn.items()}
        if notes:
            extra["aria-describedby"] = " ".join(notes)
        if field.errors:
            extra["aria-invalid"] = "true"
        return Markup(_macro(type(field))(field, extra))


def _attribute(name: str) -> str:
    name = name.removesuffix("_")
    return name.replace("_", "-") if name.startswith(("aria_", "data_")) else name


def _macro(kind: type[wtforms.Field]) -> Any:
    drawn = vars(current_app.jinja_env.get_template(TEMPLATE).module)
    for parent in kind.__mro__:
        if parent.__name__ in drawn:
            return drawn[parent.__name__]
    raise LookupError(f"{TEMPLATE} draws no {kind.__name__}")


class BaseForm(FlaskForm):
    """A page's form, protected against requests from other sites."""

    class Meta(OurMeta, FlaskForm.Meta):
        """Ours first."""

        def wrap_formdata(self, form: Any, formdata: Any) -> MultiDict[str, Any] | None:
            """What a browser's form sends, never JSON; files reach the fields that take files, no others."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            if request.method not in SENDING:
                return None
            wanted = {field.name for field in form if isinstance(field, wtforms.FileField)}
            files = [(name, file) for name, file in request.files.items(multi=True) if name in wanted]
            return CombinedMultiDict([MultiDict(files), request.form]) if files else request.form or None

    def problems(self) -> list[tuple[str, str]]:
        """(id of the control, message) for the summary; what belongs to no control has the id ''."""
        own = [("", str(message)) for message in self.form_errors]
        return own + [problem for field in self for problem in _problems(field)]


class PartForm(wtforms.Form):
    """A form inside a form (FormField), which brings no token of its own."""

    class Meta(OurMeta, wtforms.Form.Meta):
        """Ours first."""


def _problems(field: Any) -> Iterator[tuple[str, str]]:
    if isinstance(field, wtforms.FormField | wtforms.FieldList):
        for part in field:
            yield from _problems(part)
    own = [message for message in field.errors if isinstance(message, str)]
    if own and not isinstance(field, wtforms.FormField):
        if isinstance(field, KeyField | CSRFTokenField):
            yield "", own[0]
        elif isinstance(field, wtforms.RadioField | ChecklistField):
            yield f"{field.id}-0", own[0]
        else:
            yield field.id, own[0]


def options(pairs: Iterable[Sequence[str]]) -> list[Any]:
    """Choices from (value, label), (value, label, hint) or (value, label, hint, key): the key chooses it.

    WTForms 3.3 deprecates tuples, and its stubs lack SelectChoice.
    """
    return [
        wtforms.SelectChoice(  # type: ignore[attr-defined]
            value, label, render_kw={name: said for name, said in zip(MORE, more, strict=False) if said}
        )
        for value, label, *more in pairs
    ]


def grouped(rows: Iterable[tuple[str, str, str]]) -> list[Any]:
    """Choices from (value, label, group); those of one group stand together under its name."""
    return [
        wtforms.SelectChoice(value, label, optgroup=group)  # type: ignore[attr-defined]
        for value, label, group in rows
    ]


class FieldList(wtforms.FieldList):  # type: ignore[type-arg]  # generic in the stubs alone
    """Rows of a form, numbered by plain digits: WTForms' own fails on a superscript in their place."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        start = f"{prefix}-"
        for name in formdata:
            number = name.removeprefix(start).partition("-")[0]
            if name.startswith(start) and number.isascii() and number.isdigit() and len(number) <= ROW_DIGITS:
                yield int(number)


class ChecklistField(wtforms.SelectMultipleField):
    """Several of a list, as boxes to tick; `data` is a list of values."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class MoneyField(wtforms.Field):
    """An amount as people type it (`$1,000.50`); `data` is an int of minor units, or None when empty.

    `minimum` and `maximum` are minor units of `currency`.
    """

    widget = widgets.TextInput()

    def __init__(
        self,
        label: str | None = None,
        validators: list[Any] | None = None,
        *,
        currency: str = "usd",
        minimum: int = 0,
        maximum: int = 10**11,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.currency, self.minimum, self.maximum = currency, minimum, maximum
        self.sign = money.SIGNS.get(currency, currency.upper())

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        amount: Any = self.data
        if amount is None:
            return ""
        return money.shown(amount, self.currency).removeprefix(self.sign).strip()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the amount; ValueError with what to type instead."""
        typed: Any = None
        text = str(valuelist[0]).strip() if valuelist else ""
        if text:
            try:
                typed = money.parse(text, self.currency)
            except ValueError as error:
                self.data = None
                raise ValueError(self._wanted()) from error
        self.data = typed

    def _wanted(self) -> str:
        example = money.shown(max(self.minimum, EXAMPLE_MINOR), self.currency).removeprefix(self.sign).strip()
        least = f" of {money.shown(self.minimum, self.currency)} or more" if self.minimum > 1 else ""
        return f"Enter an amount{least}, such as {example}."

    def pre_validate(self, form: Any) -> None:
        """Within the limits, which the message names."""
        amount: Any = self.data
        if not isinstance(amount, int):
            return
        if amount < self.minimum:
            raise ValidationError(f"Enter {money.shown(self.minimum, self.currency)} or more.")
        if amount > self.maximum:
            raise ValidationError(f"Enter {money.shown(self.maximum, self.currency)} or less.")


class KeyField(wtforms.Field):
    """A hidden UUID."""

    widget = widgets.HiddenInput()

    def _value(self) -> str:
        return str(self.data or "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the UUID; ValueError when somebody has changed it."""
        key: Any = None
        if valuelist and valuelist[0]:
            try:
                key = uuid.UUID(str(valuelist[0]))
            except ValueError as error:
                self.data = None
                raise ValueError("Load the page again and send the form once more.") from error
        self.data = key


class FormKeyMixin:
    """The id of the row this form makes, fixed when the form is drawn: sent twice, it makes one row."""

    form_key = KeyField(default=ids.new_id, validators=[needed("Load the page again and send it once more.")])


class NextMixin:
    """Where to go afterwards; only local paths are followed (kit.web.local_path)."""

    next = wtforms.HiddenField(validators=[at_most(PATH)])


class EmailMixin:
    """An e-mail address; mirrors the length of identity's column."""

    email = wtforms.EmailField(
        "E-mail address",
        [
            needed("Enter your e-mail address"),
            at_most(EMAIL),
            validators.Email("Enter an e-mail address, such as name@example.org"),
        ],
    )
