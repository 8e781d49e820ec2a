"""The filters of the board as people see them: what can be chosen, what is, and what each would give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from config.fields import SPECIALTIES, TIERS, path
from config.languages import LANGUAGES
from config.task_types import TASK_TYPES
from marketplace.applications.policy import BY_FIT, CENTS
from marketplace.kit.money import shown
from marketplace.projects.queries import AGREED, HARMLESS, Facet, Filters

KINDS = {slug: kind.title for slug, kind in TASK_TYPES.items()}
TITLES = {slug: tier.title for slug, tier in TIERS.items()}
FIELDS = {slug: one.title for slug, one in SPECIALTIES.items()}
RATES = tuple(sorted({tier.low_minor for tier in TIERS.values()})[1:])
FUNDED = (10, 100, 1_000)
CONTENT = {HARMLESS: "No sensitive content", AGREED: "Only sensitive content I agreed to"}
STARTABLE = "I can start now"
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a filter and how many jobs have it."""

    value: str
    label: str
    count: int
    on: bool
    below: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter: the address without it, and how many jobs that would give."""

    label: str
    query: Pairs
    count: int


def groups(filters: Filters, facet: Facet) -> list[tuple[str, str, list[Option]]]:
    """Filters of which several values can be chosen: name, legend, options."""
    return [
        ("specialty", "Specialty", _specialties(filters, facet)),
        ("type", "Type of work", _options("type", KINDS, filters.task_types, facet)),
        ("tier", "Tier", _options("tier", TITLES, filters.tiers, facet)),
        ("language", "Language", _options("language", LANGUAGES, filters.languages, facet)),
    ]


def choices(filters: Filters, facet: Facet, *, known: bool) -> list[tuple[str, str, list[Option]]]:
    """Filters of which one value can be chosen; those about a person only when somebody is known."""
    rates = [
        Option(
            str(rate // CENTS), _rate(rate), facet.count("hour", str(rate)), filters.min_hourly_minor == rate
        )
        for rate in RATES
    ]
    funded = [
        Option(str(count), _funded(count), facet.count("funded", str(count)), filters.min_funded == count)
        for count in FUNDED
    ]
    content = [
        Option(value, label, facet.count("content", value), filters.content == value)
        for value, label in CONTENT.items()
        if known or value != AGREED
    ]
    return [
        ("min_hour", "Pay", rates),
        ("min_funded", "Answers funded", funded),
        ("content", "Sensitive content", content),
    ]


def startable(filters: Filters, facet: Facet) -> Option:
    """The one about what the visitor may start now."""
    return Option("yes", STARTABLE, facet.count("eligible", "yes"), filters.eligible)


def chips(filters: Filters, facet: Facet, args: MultiDict[str, str], *, known: bool) -> list[Chip]:
    """Every active filter; those about a person only when somebody is known."""
    chosen: list[tuple[str, Sequence[str], Mapping[str, str]]] = [
        ("specialty", filters.specialties, FIELDS),
        ("type", filters.task_types, KINDS),
        ("tier", filters.tiers, TITLES),
        ("language", filters.languages, LANGUAGES),
    ]
    found = [
        Chip(
            titles[value],
            without(args, name, value),
            facet.count(name, *(set(values) - {value})) if len(values) > 1 else facet.without(name),
        )
        for name, values, titles in chosen
        for value in values
    ]
    return found + [
        Chip(label, without(args, name), facet.without(counted))
        for name, counted, label in _single(filters, args, known=known)
    ]


def _single(filters: Filters, args: MultiDict[str, str], *, known: bool) -> list[tuple[str, str, str]]:
    """(name in the address, name of the count, label) of the active filters with one value."""
    found = []
    if filters.min_hourly_minor is not None:
        found.append(("min_hour", "hour", _rate(filters.min_hourly_minor)))
    if filters.min_funded is not None:
        found.append(("min_funded", "funded", _funded(filters.min_funded)))
    if filters.max_minutes is not None:
        found.append(("max_minutes", "minutes", f"{filters.max_minutes} minutes or less"))
    if filters.content and (known or filters.content == HARMLESS):
        found.append(("content", "content", CONTENT[filters.content]))
    if filters.eligible and known:
        found.append(("eligible", "eligible", STARTABLE))
    if filters.words:
        found.append(("q", "words", f"“{args.get('q', '').strip()}”"))
    return found


def without(args: MultiDict[str, str], name: str, value: str | None = None) -> Pairs:
    """The filters in the address but this one; the order “Best fit” goes with what fits."""
    return [
        (key, given)
        for key, given in args.items(multi=True)
        if key != "after"
        and given
        and not (key == name and value in {None, given})
        and not (name == "eligible" and (key, given) == ("sort", BY_FIT))
    ]


def _options(name: str, titles: Mapping[str, str], chosen: Sequence[str], facet: Facet) -> list[Option]:
    found = [
        Option(value, title, facet.count(name, value), value in chosen) for value, title in titles.items()
    ]
    useful = [option for option in found if option.count or option.on]
    return useful if len(useful) > 1 or any(option.on for option in useful) else []


def _specialties(filters: Filters, facet: Facet) -> list[Option]:
    """The top of the tree, and what lies under whatever is chosen, step by step down."""
    opened = {above for chosen in filters.specialties for above in path(chosen)}
    titles = {
        slug: one.title for slug, one in SPECIALTIES.items() if one.parent is None or one.parent in opened
    }
    return [
        Option(one.value, one.label, one.count, one.on, below="." in one.value)
        for one in _options("specialty", titles, filters.specialties, facet)
    ]


def _rate(minor: int) -> str:
    return f"{shown(minor).removesuffix('.00')} an hour or more"


def _funded(answers: int) -> str:
    return f"{answers:,} or more"
