"""Forms for projects: the plan, the guideline, money, and a reason."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import FieldList, FormField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from config.content import CLASSES, NEVER
from config.fields import SPECIALTIES, TIERS
from config.languages import LANGUAGES
from config.policy import WORK
from config.task_types import TASK_TYPES, WHY_WORDS_DEFAULT, WHY_WORDS_MAXIMUM, WHY_WORDS_MINIMUM
from marketplace.kit.forms import (
    BaseForm,
    ChecklistField,
    FormKeyMixin,
    MoneyField,
    PartForm,
    at_most,
    between,
    maybe,
    needed,
    options,
    within,
)
from marketplace.kit.money import shown
from marketplace.projects.models import GuidelineClause, Project
from marketplace.projects.policy import (
    HOURLY_MAXIMUM_MINOR,
    ClauseText,
    Plan,
    content_problem,
    hourly_problem,
)

MINUTES_MAXIMUM, OVERLAP_MAXIMUM, CLAUSES_MAXIMUM = (
    480,
    15,
    60,
)  # as the columns' CHECKs; 60 is a readable guide
_HOURS = (24, 48, 72, 96, 120, 168)


def _specialty_pairs() -> list[tuple[str, str]]:
    return [
        (one.slug, f"{SPECIALTIES[one.parent].title}: {one.title}" if one.parent else one.title)
        for one in SPECIALTIES.values()
    ]


def _tier_rows() -> list[tuple[str, str, str]]:
    rows = []
    for tier in TIERS.values():
        band = shown(tier.low_minor).removesuffix(".00")
        if tier.high_minor > tier.low_minor:
            band += f" to {shown(tier.high_minor).removesuffix('.00')}"
        rows.append((tier.slug, tier.title, f"{band} an hour. {tier.rule}"))
    return rows


def _hour_pairs() -> list[tuple[str, str]]:
    hours = [
        hour for hour in _HOURS if WORK.auto_approve_minimum_hours <= hour <= WORK.auto_approve_maximum_hours
    ]
    return [(str(hour), f"After {hour} hours" if hour < 96 else f"After {hour // 24} days") for hour in hours]  # noqa: PLR2004 - from four days on, days read better


class ProjectForm(FormKeyMixin, BaseForm):
    """Everything about a project except guideline, tasks and money."""

    task_type = RadioField(
        "Type of work",
        [needed("Choose a type of work.")],
        choices=options((one.slug, one.title, one.summary) for one in TASK_TYPES.values()),
        render_kw={"layout": "boxed"},
    )
    title = StringField(
        "Title",
        [needed("Enter a title."), between(8, 120)],
        description="What experts read on the board, such as “Rank answers about drug interactions”.",
    )
    summary = TextAreaField(
        "Summary",
        [needed("Enter a summary."), between(20, 400)],
        description="One or two sentences: what an expert does.",
        render_kw={"rows": 3},
    )
    description = TextAreaField(
        "Description", [maybe(), at_most(6000)], description="Where the data comes from and what it is for."
    )
    specialty = SelectField("Specialty", [needed("Choose a specialty.")], choices=options(_specialty_pairs()))
    language = SelectField(
        "Language", [needed("Choose a language.")], choices=options(LANGUAGES.items()), default="en"
    )
    tier = RadioField(
        "Tier",
        [needed("Choose a tier.")],
        choices=options(_tier_rows()),
        description="Who may do the work, by proven credentials.",
        render_kw={"layout": "boxed"},
    )
    hourly = MoneyField(
        "Pay an hour",
        [needed("Enter what you pay an hour.")],
        minimum=1,
        maximum=HOURLY_MAXIMUM_MINOR,
        description="Decides the price of a task. Nothing is deducted from it.",
    )
    minutes = IntegerField(
        "Minutes for one task",
        [needed("Enter the minutes one task takes."), within(1, MINUTES_MAXIMUM)],
        description="Do one task yourself and enter how long it took.",
    )
    overlap = IntegerField(
        "Opinions for each task",
        [needed("Enter how many experts do each task."), within(1, OVERLAP_MAXIMUM)],
        description="3 for ranking, 1 for writing. More opinions cost more and are more certain.",
    )
    auto_approve_hours = SelectField(
        "Approved by itself",
        [needed("Choose when work is approved by itself.")],
        choices=options(_hour_pairs()),
        default=str(WORK.auto_approve_hours),
        description="When nobody has reviewed a submission by then, the expert is paid.",
    )
    why_min_words = IntegerField(
        "Words of reasoning, at least",
        [maybe(), within(WHY_WORDS_MINIMUM, WHY_WORDS_MAXIMUM)],
        default=WHY_WORDS_DEFAULT,
        description="Response ranking only: how much an expert writes about the order.",
    )

    content_classes = ChecklistField(
        "Sensitive content in the tasks",
        [],
        choices=options((one.slug, one.title, one.text) for one in CLASSES.values()),
        description="Only experts who agreed to every class you tick are served these tasks. " + NEVER,
        render_kw={"layout": "boxed"},
    )
    content_note = TextAreaField(
        "What exactly will they see?",
        [at_most(2000)],
        description="Such as “questions about overdoses, with doses; no pictures”. The job page prints it.",
        render_kw={"rows": 3},
    )

    def validate_content_classes(self, field: Any) -> None:
        """Some kinds of work always show such content."""
        kind = self.task_type.data
        if kind in TASK_TYPES and not field.data and (problem := content_problem(kind, (), "")):
            raise ValidationError(problem)

    def validate_content_note(self, field: Any) -> None:
        """A class says little: the words let people decide."""
        chosen, kind = self.content_classes.data or [], self.task_type.data
        if chosen and kind in TASK_TYPES and (problem := content_problem(kind, chosen, field.data or "")):
            raise ValidationError(problem)

    def validate_hourly(self, field: Any) -> None:
        """The rate reaches the tier's; the message names the amount."""
        if isinstance(field.data, int) and self.tier.data in TIERS:
            problem = hourly_problem(self.tier.data, field.data)
            if problem:
                raise ValidationError(problem)

    def plan(self) -> Plan:
        """What was entered, once it is valid."""
        kind = str(self.task_type.data)
        own = {"why_min_words": self.why_min_words.data or WHY_WORDS_DEFAULT}
        return Plan(
            title=str(self.title.data),
            summary=str(self.summary.data),
            description=str(self.description.data or ""),
            task_type=kind,
            specialty=str(self.specialty.data),
            tier=str(self.tier.data),
            hourly_minor=int(self.hourly.data or 0),
            minutes=int(self.minutes.data or 0),
            overlap=int(self.overlap.data or 0),
            auto_approve_hours=int(self.auto_approve_hours.data),
            language=str(self.language.data),
            options={name: own[name] for name in TASK_TYPES[kind].options if name in own},
            content_classes=tuple(self.content_classes.data or ()),
            content_note=str(self.content_note.data or ""),
        )

    @staticmethod
    def values_of(project: Project) -> dict[str, Any]:
        """What the form shows for a draft."""
        return {
            "task_type": project.task_type,
            "title": project.title,
            "summary": project.summary,
            "description": project.description,
            "specialty": project.specialty,
            "language": project.language,
            "tier": project.tier,
            "hourly": project.hourly_minor,
            "minutes": project.minutes,
            "overlap": project.overlap,
            "auto_approve_hours": str(project.auto_approve_hours),
            "content_classes": list(project.classes),
            "content_note": project.content_note,
            "why_min_words": project.options.get("why_min_words", WHY_WORDS_DEFAULT),
        }


class ClauseForm(PartForm):
    """One clause with its examples; a row left empty is left out."""

    title = StringField("Rule", [at_most(160)], description="In a few words, such as “Name your source”.")
    text = TextAreaField("What it means", [at_most(4000)], render_kw={"rows": 3})
    good = TextAreaField("A good example", [maybe(), at_most(4000)], render_kw={"rows": 2})
    bad = TextAreaField("A bad example", [maybe(), at_most(4000)], render_kw={"rows": 2})

    def is_empty(self) -> bool:
        """Nothing was written in this row."""
        return not any((self.title.data, self.text.data, self.good.data, self.bad.data))

    def validate_title(self, field: Any) -> None:
        """A row that says something has a name."""
        if not field.data and not self.is_empty():
            raise ValidationError("Give this clause a name, or empty the row.")

    def validate_text(self, field: Any) -> None:
        """A row that says something explains itself."""
        if not field.data and not self.is_empty():
            raise ValidationError("Write what this clause means, or empty the row.")


class GuidelineForm(BaseForm):
    """The clauses in order; buttons add, remove and move rows without saving anything."""

    clauses = FieldList(FormField(ClauseForm), min_entries=1)

    def validate_clauses(self, field: Any) -> None:
        """Not more than anybody would read."""
        if len(field.entries) > CLAUSES_MAXIMUM:
            raise ValidationError(f"Use {CLAUSES_MAXIMUM} clauses or fewer.")

    def texts(self) -> list[ClauseText]:
        """The rows that say something."""
        rows: Iterable[Any] = (entry.form for entry in self.clauses)
        return [
            ClauseText(row.title.data, row.text.data, row.good.data or "", row.bad.data or "")
            for row in rows
            if not row.is_empty()
        ]

    def changed_by(self, action: str) -> "GuidelineForm":
        """The same form after `add`, `remove-2`, `up-2` or `down-2`; any other word changes nothing."""
        rows: list[dict[str, Any]] = [dict(entry.data) for entry in self.clauses]
        verb, _, place = action.partition("-")
        at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1  # noqa: PLR2004 - no guide has a thousand
        if verb == "add" and len(rows) < CLAUSES_MAXIMUM:
            rows.append({})
        elif verb == "remove" and 0 <= at < len(rows):
            del rows[at]
        elif verb in {"up", "down"} and 0 <= at < len(rows):
            other = min(max(at + (1 if verb == "down" else -1), 0), len(rows) - 1)
            rows[at], rows[other] = rows[other], rows[at]
        return GuidelineForm(formdata=None, data={"clauses": rows or [{}]})

    @staticmethod
    def rows_of(clauses: Sequence[GuidelineClause]) -> list[dict[str, str]]:
        """What the form shows for a kept version."""
        return [{"title": one.title, "text": one.text, "good": one.good, "bad": one.bad} for one in clauses]


class AnswerForm(BaseForm):
    """The company's answer to a question, for all experts of the project."""

    answer = TextAreaField(
        "Your answer",
        [needed("Write your answer."), at_most(WORK.answer_characters)],
        description="It stands with the question on the job's page. It cannot be changed later.",
    )


class FundForm(FormKeyMixin, BaseForm):
    """Money from the wallet into the budget."""

    amount = MoneyField("Amount", [needed("Enter an amount.")], minimum=1, maximum=10**9)


class PauseForm(BaseForm):
    """Why no new tasks are given out; experts read it."""

    reason = StringField(
        "Reason",
        [needed("Enter a reason."), between(10, 200)],
        description="Experts read this on the job's page.",
    )


class RetagForm(BaseForm):
    """What ops declare in place of the company, and why."""

    content_classes = ChecklistField(
        "Sensitive content in the tasks",
        [],
        choices=options((one.slug, one.title) for one in CLASSES.values()),
    )
    content_reason = TextAreaField(
        "Reason", [needed("Write the reason."), between(20, 1000)], description="The company reads it."
    )


class SendBackForm(BaseForm):
    """What a company has to change before its project can open."""

    reason = TextAreaField(
        "What has to change",
        [needed("Write what has to change."), between(20, 2000)],
        description="The company reads this sentence above its draft.",
    )
