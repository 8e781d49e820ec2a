"""What people fill in about tasks: why they skip one, which file they bring."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, cast

import wtforms
from flask_wtf.file import FileField

from config.policy import WORK
from marketplace.kit.forms import BaseForm, at_most, maybe, needed, options
from marketplace.projects.models import GuidelineClause
from marketplace.projects.policy import REPORTABLE, question_problem
from workspace.queue import policy, service
from workspace.queue.errors import FileRefused, MappingRefused
from workspace.queue.service import Row
from workspace.task_types.base import PayloadField, TaskType

MEGABYTES = WORK.import_maximum_bytes // 2**20


class SkipForm(BaseForm):
    """Why a task is given back; `other` needs a sentence."""

    reason = wtforms.SelectField(
        "Why do you skip this task?",
        [needed("Choose a reason.")],
        choices=options(list(policy.SKIP_REASONS.items())),
    )
    note = wtforms.TextAreaField("In your own words", [at_most(policy.NOTE_CHARACTERS)])

    def validate_note(self, field: Any) -> None:
        """The reason `other` says nothing by itself."""
        if self.reason.data == "other" and not (field.data or "").strip():
            raise wtforms.ValidationError("Write one sentence on why you leave this task.")


class AskForm(BaseForm):
    """A question to the company, about a clause or the whole."""

    text = wtforms.TextAreaField(
        "Your question",
        [needed("Write your question."), at_most(WORK.question_characters)],
        description="Your name is not shown. Question and answer will stand on the job's page.",
    )
    clause = wtforms.SelectField("About which clause?", choices=[], default="")

    def offer(self, clauses: Iterable[GuidelineClause]) -> None:
        """The clauses of the version this task is judged by."""
        named = [(str(clause.number), f"{clause.number} {clause.title}") for clause in clauses]
        self.clause.choices = options([("", "None in particular"), *named])

    @property
    def clause_number(self) -> int | None:
        """The clause chosen, if any."""
        return int(self.clause.data) if self.clause.data else None

    def validate_text(self, field: Any) -> None:
        """Long enough to be answered."""
        problem = question_problem(field.data or "")
        if problem:
            raise wtforms.ValidationError(problem)


class ReportForm(BaseForm):
    """What somebody saw that the project does not declare."""

    content_class = wtforms.SelectField(
        "What is it?", [needed("Choose what it is.")], choices=options(list(REPORTABLE.items()))
    )
    note = wtforms.TextAreaField(
        "In your own words", [needed("Say in a sentence what you saw."), at_most(policy.NOTE_CHARACTERS)]
    )


class ImportForm(BaseForm):
    """One file of tasks; `rows` holds what could be read of it."""

    file = FileField(
        "File with tasks",
        [needed("Choose a file.")],
        description=f"JSONL or CSV in UTF-8, at most {MEGABYTES} MB and {WORK.import_maximum_rows:,} tasks.",
        render_kw={"accept": ".jsonl,.ndjson,.json,.csv"},
    )
    data_bytes: bytes = b""
    rows: list[Row]

    @property
    def file_name(self) -> str:
        """The name it has on the sender's device."""
        return (self.file.data.filename or "").replace("\\", "/").rpartition("/")[2]

    def validate_file(self, field: Any) -> None:
        """Read the rows; what makes the whole file unreadable is said at the field."""
        if not all(sign.isprintable() for sign in self.file_name):
            raise wtforms.ValidationError("Give the file a name without special characters.")
        self.data_bytes = field.data.read()
        try:
            self.rows = service.read_rows(self.data_bytes, service.format_of(self.file_name))
        except FileRefused as refusal:
            raise wtforms.ValidationError(refusal.message) from refusal


class ColumnsForm(BaseForm):
    """Which column of a file is which field; `columns_form` gives the fields of a type their controls."""

    places: ClassVar[Mapping[str, str]] = {}
    kind: ClassVar[TaskType[Any, Any]]
    names: ClassVar[Sequence[str]] = ()
    more = wtforms.TextAreaField(
        "Other fields",
        [maybe()],
        description="One field = column a line, for example prompt[0].role = :system.",
        render_kw={"rows": 3, "spellcheck": "false", "autocomplete": "off"},
    )

    @property
    def chosen(self) -> dict[str, str]:
        """Field -> columns, as they were typed; empty takes rows as they come."""
        own = {place: self[name].data for name, place in self.places.items() if self[name].data}
        return {**own, **dict(self._lines())}

    def _lines(self) -> Iterator[tuple[str, str]]:
        for line in (self.more.data or "").split("\n"):
            place, _, column = line.partition("=")
            if line.strip():
                yield place.strip(), column.strip()

    def validate_more(self, field: Any) -> None:
        """Every line names a field and a column, no field twice."""
        taken = {place for name, place in self.places.items() if self[name].data}
        for number, (place, column) in enumerate(self._lines(), 1):
            if not place or not column:
                raise wtforms.ValidationError(f"Line {number} is not field = column.")
            if place in taken:
                raise wtforms.ValidationError(f"A column for {place} is chosen twice.")
            taken.add(place)

    def validate(self, extra_validators: Any = None) -> bool:
        """What only all of them together can break is said at the field it is about."""
        if not super().validate(extra_validators):
            return False
        try:
            plan = service.read_mapping(self.kind, self.chosen)
            if len(self.names) < service.NAMES:  # else the file has more than the page knows
                service.check_columns(plan, self.names)
        except MappingRefused as refusal:
            for place, problem in refusal.problems.items():
                self._say(place, problem)
            return False
        return True

    def _say(self, place: str, problem: str) -> None:
        own = next((name for name, at in self.places.items() if at == place), None)
        near = next((name for name, at in self.places.items() if place and at.startswith(place)), None)
        field = self[own or near or "more"]
        field.errors = [*field.errors, problem]

    def group(self, *, several: bool, likely: bool) -> list[Any]:
        """The controls of one part of the page: of several responses, or the ones most files need."""
        fields = {field.name: field for field in service.known_fields(self.kind)}
        found = []
        for name, place in self.places.items():
            field = fields[re.sub(r"\[\d+\]", "[]", place)]
            first = field.required or field is service.EXTERNAL_ID
            asked = first or bool(self[name].data or self[name].errors)
            if bool(field.rows) == several and (several or asked == likely):
                found.append(self[name])
        return sorted(found, key=lambda control: re.sub(r"\D", "", control.name)) if several else found


def columns_form(
    kind: TaskType[Any, Any], names: Sequence[str], chosen: Mapping[str, str], *, sent: bool
) -> ColumnsForm:
    """The form for a type: what was sent, or filled in with `chosen`; `names` are the columns there are."""
    places: dict[str, str] = {}
    controls: dict[str, Any] = {}
    for field in service.known_fields(kind):
        for place, label in [] if field.advanced else _places(field):
            name = "col_" + re.sub(r"\W+", "_", place).strip("_")
            places[name] = place
            controls[name] = wtforms.StringField(
                label,
                [*([] if field.required or field.rows else [maybe()]), at_most(service.LONGEST_PLACE)],
                description=place,
                render_kw={"list": "columns", "autocomplete": "off", "spellcheck": "false", "dir": "ltr"},
            )
    made = type("ChosenColumns", (ColumnsForm,), {**controls, "places": places, "kind": kind, "names": names})
    if sent:
        return cast("ColumnsForm", made())
    own = {name: chosen[place] for name, place in places.items() if place in chosen}
    rest = [f"{place} = {column}" for place, column in chosen.items() if place not in places.values()]
    return cast("ColumnsForm", made(formdata=None, data={**own, "more": "\n".join(rest)}))


def _places(field: PayloadField) -> list[tuple[str, str]]:
    """Where the controls of a field go, and what they are called."""
    if not field.rows:
        return [(field.name, field.label)]
    numbers = range(field.rows)
    return [(field.name.replace("[]", f"[{number}]"), f"{field.label} {number + 1}") for number in numbers]
