"""The form for a project: everything but its guideline, its tasks and its money."""

from typing import Any

from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError

from config import fields
from config.content import CLASSES, NEVER
from config.countries import COUNTRIES
from config.fields import SPECIALTIES, TIERS
from config.languages import LANGUAGES
from config.policy import WORK
from config.task_types import TASK_TYPES, WHY_WORDS_DEFAULT, WHY_WORDS_MAXIMUM, WHY_WORDS_MINIMUM
from marketplace.experts.policy import LEVELS
from marketplace.kit.forms import (
    BaseForm,
    ChecklistField,
    FormKeyMixin,
    MoneyField,
    at_most,
    between,
    grouped,
    maybe,
    needed,
    options,
    within,
)
from marketplace.kit.money import shown
from marketplace.projects.forms.rules import RulesField
from marketplace.projects.models import Project
from marketplace.projects.policy import (
    HOURLY_MAXIMUM_MINOR,
    Plan,
    content_problem,
    hourly_problem,
)

MINUTES_MAXIMUM, OVERLAP_MAXIMUM = 480, 15  # as the columns' CHECKs
_HOURS = (24, 48, 72, 96, 120, 168)


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
    specialty = SelectField(
        "Specialty",
        [needed("Choose a specialty.")],
        choices=[*options([("", "Choose one")]), *grouped(fields.grouped())],
        description="The narrowest field that holds all tasks. The head of a group stands for all of it.",
    )
    language = SelectField(
        "Language", [needed("Choose a language.")], choices=options(LANGUAGES.items()), default="en"
    )
    language_level = SelectField(
        "Level of the language, at least",
        [needed("Choose a level.")],
        choices=options((level, "Native" if level == "native" else level) for level in LEVELS),
        default="C1",
    )
    excluded_countries = SelectMultipleField(
        "Countries the work cannot be done from",
        [maybe()],
        choices=options(COUNTRIES.items()),
        description="Leave this empty unless a law or an agreement says so. People there read the reason.",
        render_kw={"size": 5},
    )
    rules = RulesField("Rules of your own")
    quota = IntegerField(
        "Tasks for one expert, at most",
        [maybe(), within(1, 1_000_000)],
        description="Leave this empty to let everybody take as many as they like.",
    )
    by_hand = BooleanField(
        "Choose by hand",
        description="Whoever meets every rule waits for your answer, "
        f"{WORK.answer_days} days at most. Leave this off and they have an offer at once. A screening takes "
        "the place of your choice: whoever meets every rule and passes it has an offer at once.",
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
        """The rate can be offered; one under the tier's band warns beside the form and is no error."""
        problem = hourly_problem(field.data) if isinstance(field.data, int) else None
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
            **self._people(),
        )

    def typed(self) -> Plan | None:
        """Who should do it as far as it is typed, without unfinished rules; None without field or tier."""
        if self.tier.data not in TIERS or self.specialty.data not in SPECIALTIES:
            return None
        return Plan(
            title="",
            summary="",
            task_type=str(self.task_type.data or ""),
            specialty=str(self.specialty.data),
            tier=str(self.tier.data),
            hourly_minor=0,
            minutes=0,
            overlap=0,
            language=str(self.language.data),
            content_classes=tuple(one for one in self.content_classes.data or () if one in CLASSES),
            **self._people(finished=True),
        )

    def _people(self, *, finished: bool = False) -> dict[str, Any]:
        countries = self.excluded_countries.data or ()
        return {
            "language_level": str(self.language_level.data),
            "excluded_countries": tuple(one for one in countries if one in COUNTRIES),
            "rules": self.rules.tree(finished=finished).to_json(),
            "quota": self.quota.data,
            "by_hand": bool(self.by_hand.data),
        }

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
            "language_level": project.language_level,
            "excluded_countries": [one for one in project.excluded_countries.split(",") if one],
            "rules": project.rules,
            "quota": project.quota,
            "by_hand": project.by_hand,
            "tier": project.tier,
            "hourly": project.hourly_minor,
            "minutes": project.minutes,
            "overlap": project.overlap,
            "auto_approve_hours": str(project.auto_approve_hours),
            "content_classes": list(project.classes),
            "content_note": project.content_note,
            "why_min_words": project.options.get("why_min_words", WHY_WORDS_DEFAULT),
        }
