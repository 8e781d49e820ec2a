"""The board: filters in the address, counts beside them, and what fits the visitor."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from config.fields import SPECIALTIES, TIERS, path
from config.languages import LANGUAGES
from config.task_types import TASK_TYPES
from marketplace.applications import queries
from marketplace.applications.forms import RHYTHMS, read_filters
from marketplace.applications.models import EngagementState
from marketplace.applications.policy import BY_FIT, BY_PAY, CENTS, filter_pairs
from marketplace.applications.views.door import jobs, user, visiting_expert
from marketplace.applications.views.heads import head, with_query
from marketplace.experts.models import Expert
from marketplace.kit import clock
from marketplace.kit.access import anyone, open_to
from marketplace.kit.money import shown
from marketplace.kit.pages import Page
from marketplace.kit.web import db
from marketplace.matching import service as matching
from marketplace.matching.policy import Eligibility
from marketplace.projects import policy as project_policy
from marketplace.projects import queries as projects
from marketplace.projects.models import Project
from marketplace.projects.queries import Facet, Filters, Listing

KINDS = {slug: kind.title for slug, kind in TASK_TYPES.items()}
TITLES = {slug: tier.title for slug, tier in TIERS.items()}
FIELDS = {slug: one.title for slug, one in SPECIALTIES.items()}
_WORDS = {"kinds": KINDS, "titles": TITLES, "fields": FIELDS}
RAIL = 5  # projects shown beside the board
RATES = tuple(sorted({tier.low_minor for tier in TIERS.values()})[1:])


@dataclass(frozen=True, slots=True)
class Row:
    """One job on the board; the last ones say how it stands with a signed-in expert."""

    project: Project
    covered: int
    eligibility: Eligibility | None = None
    engaged: bool = False
    offered: bool = False
    saved: bool = False
    reason: str = ""


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
    query: Sequence[tuple[str, str]]
    count: int


@jobs.get("/jobs")
@open_to(anyone)
def board() -> ResponseReturnValue:
    """Open, funded jobs that fit the filters in the address."""
    filters, now = read_filters(request.args), clock.database_now(db())
    expert = visiting_expert()
    page, reasons = _page(expert, filters, now)
    facet = projects.facets(db(), filters, now, RATES)
    return render_template(
        "marketplace/applications/board.html",
        page=page,
        rows=_rows(expert, page.rows, reasons),
        facet=facet,
        chips=_chips(filters, facet, request.args),
        expert=expert,
        engagements=queries.engagements_of(db(), expert.id)[:RAIL] if expert else [],
        **_head(filters),
        **_sidebar(filters, facet, by_fit=_by_fit(expert)),
        **_WORDS,
    )


def _by_fit(expert: Expert | None) -> bool:
    return expert is not None and request.args.get("sort") == BY_FIT


def _page(
    expert: Expert | None, filters: Filters, now: datetime
) -> tuple[Page[Listing], Mapping[uuid.UUID, str]]:
    """A page of jobs, and why each stands where it does when the best fit comes first.

    By fit, an expert sees only what they can start now.
    """
    mark = request.args.get("after")
    if expert is None or not _by_fit(expert):
        return projects.board(db(), filters, now, mark=mark), {}
    within = projects.fitting(filters, now, matching.eligible_now(db(), user(), expert))
    ranked = matching.ranking.rank(db(), expert, within=within, mark=mark)
    rows = projects.listed(db(), [one.project_id for one in ranked.rows], now)
    return Page(rows, ranked.next_mark), {one.project_id: one.reason for one in ranked.rows}


def _head(filters: Filters) -> Mapping[str, object]:
    """One address for one list of jobs, however it was asked for; searches by word stay out of indexes."""
    pairs, mark = filter_pairs(filters), request.args.get("after")
    unsorted = [pair for pair in pairs if pair[0] != "sort"]
    return {
        **head("jobs.board", query=[*pairs, ("after", mark)] if mark else unsorted),
        "feed_url": with_query(url_for("jobs.feed"), unsorted),
        "hidden_from_search": bool(filters.words or mark),
    }


def _sidebar(filters: Filters, facet: Facet, *, by_fit: bool) -> dict[str, object]:
    """Everything the form of filters shows."""
    return {
        "groups": _groups(filters, facet),
        "rates": _rates(filters, facet),
        "filters": filters,
        "q": request.args.get("q", "").strip(),
        "sort": BY_FIT if by_fit else BY_PAY if filters.by_pay else "newest",
        "query": urlencode(filter_pairs(filters)),
        "rhythms": RHYTHMS,
    }


def _rows(expert: Expert | None, listings: Sequence[Listing], reasons: Mapping[uuid.UUID, str]) -> list[Row]:
    if expert is None:
        return [Row(project, project_policy.covered(budget, project)) for project, budget in listings]
    ids = [project.id for project, _ in listings]
    fits = matching.fits(db(), user(), expert, listings)
    engaged = queries.engagement_states(db(), expert.id, ids)
    saved = queries.saved_project_ids(db(), expert.user_id, ids)
    offered = queries.offered_project_ids(db(), expert.id, ids, clock.database_now(db()))
    return [
        Row(
            project,
            project_policy.covered(budget, project),
            eligibility=fits[project.id],
            engaged=engaged.get(project.id) is EngagementState.ACTIVE,
            offered=project.id in offered,
            saved=project.id in saved,
            reason=reasons.get(project.id, ""),
        )
        for project, budget in listings
    ]


def _groups(filters: Filters, facet: Facet) -> list[tuple[str, str, list[Option]]]:
    return [
        ("specialty", "Specialty", _specialties(filters, facet)),
        ("type", "Type of work", _options("type", KINDS, filters.task_types, facet)),
        ("tier", "Tier", _options("tier", TITLES, filters.tiers, facet)),
        ("language", "Language", _options("language", LANGUAGES, filters.languages, facet)),
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


def _rates(filters: Filters, facet: Facet) -> list[Option]:
    return [
        Option(
            str(rate // CENTS),
            f"{shown(rate).removesuffix('.00')} an hour or more",
            facet.values.get(("hour", str(rate)), 0),
            filters.min_hourly_minor == rate,
        )
        for rate in RATES
    ]


def _chips(filters: Filters, facet: Facet, args: MultiDict[str, str]) -> list[Chip]:
    chosen: list[tuple[str, Sequence[str], Mapping[str, str]]] = [
        ("specialty", filters.specialties, FIELDS),
        ("type", filters.task_types, KINDS),
        ("tier", filters.tiers, TITLES),
        ("language", filters.languages, LANGUAGES),
    ]
    chips = [
        Chip(
            titles[value],
            _without(args, name, value),
            facet.count(name, *(set(values) - {value})) if len(values) > 1 else facet.without(name),
        )
        for name, values, titles in chosen
        for value in values
    ]
    return chips + _number_chips(filters, facet, args)


def _number_chips(filters: Filters, facet: Facet, args: MultiDict[str, str]) -> list[Chip]:
    chips = []
    if filters.min_hourly_minor is not None:
        label = f"{shown(filters.min_hourly_minor).removesuffix('.00')} an hour or more"
        chips.append(Chip(label, _without(args, "min_hour"), facet.without("any_hour")))
    if filters.max_minutes is not None:
        label = f"{filters.max_minutes} minutes or less"
        chips.append(Chip(label, _without(args, "max_minutes"), facet.without("any_minutes")))
    if filters.words:
        label = f"“{args.get('q', '').strip()}”"
        chips.append(Chip(label, _without(args, "q"), facet.without("any_words")))
    return chips


def _without(args: MultiDict[str, str], name: str, value: str | None = None) -> list[tuple[str, str]]:
    return [
        (key, given)
        for key, given in args.items(multi=True)
        if key != "after" and given and not (key == name and value in {None, given})
    ]
