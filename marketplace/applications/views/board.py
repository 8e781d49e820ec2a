"""The board: filters in the address, counts beside them, and what fits the visitor."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.applications import queries, service
from marketplace.applications.forms import RHYTHMS, read_filters
from marketplace.applications.models import ApplicationState, EngagementState
from marketplace.applications.policy import BY_FIT, BY_MATCH, BY_NEWEST, BY_PAY, filter_pairs
from marketplace.applications.views import filters as shown
from marketplace.applications.views.door import jobs, user, visiting_expert
from marketplace.applications.views.heads import head, with_query
from marketplace.bonuses import queries as bonuses
from marketplace.bonuses.models import BonusRule
from marketplace.experts.models import Expert
from marketplace.kit import clock
from marketplace.kit.access import anyone, open_to
from marketplace.kit.pages import Page
from marketplace.kit.web import db
from marketplace.matching import service as matching
from marketplace.matching.policy import Candidate, Eligibility, Ranked
from marketplace.projects import policy as project_policy
from marketplace.projects import queries as projects
from marketplace.projects.models import Project
from marketplace.projects.queries import Facet, Filters, Listing, Looking

_WORDS = {"kinds": shown.KINDS, "titles": shown.TITLES, "fields": shown.FIELDS}
RAIL = 5  # projects shown beside the board
_TEMPLATE = "marketplace/applications/board.html"


@dataclass(frozen=True, slots=True)
class Row:
    """One job on the board; the last ones say how it stands with a signed-in expert."""

    project: Project
    funded: int  # answers that are wanted and paid for
    eligibility: Eligibility | None = None
    engaged: bool = False
    applied: ApplicationState | None = None  # while the application is undecided
    saved: bool = False
    reason: str = ""
    bonus: BonusRule | None = None  # promised there, and still to be met

    @property
    def funded_words(self) -> str:
        """What the card says of that."""
        return project_policy.funded_words(self.funded)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for, and the conditions that stand behind it."""

    filters: Filters
    looking: Looking
    sort: str
    now: datetime


@jobs.get("/jobs")
@open_to(anyone)
def board() -> ResponseReturnValue:
    """Open, funded jobs that fit the filters in the address."""
    expert = visiting_expert()
    person = matching.candidate(db(), user(), expert) if expert else None
    asked = _asked(expert, person)
    page, reasons = _page(expert, asked)
    facet = projects.facets(
        db(), asked.filters, asked.now, rates=shown.RATES, funded=shown.FUNDED, looking=asked.looking
    )
    return render_template(
        _TEMPLATE,
        page=page,
        rows=rows(expert, person, page.rows, reasons),
        facet=facet,
        expert=expert,
        engagements=queries.engagements_of(db(), expert.id, size=RAIL).rows if expert else [],
        **_head(asked.filters),
        **_sidebar(asked, facet, known=expert is not None),
        **_WORDS,
    )


def _asked(expert: Expert | None, person: Candidate | None) -> Asked:
    """By fit, an expert sees only what they can start now."""
    filters, sort = read_filters(request.args), request.args.get("sort")
    if expert is not None and sort == BY_FIT:
        filters = replace(filters, eligible=True)
    elif sort != BY_PAY:
        sort = BY_MATCH if filters.words and sort != BY_NEWEST else BY_NEWEST
    now = clock.database_now(db())
    return Asked(filters, service.looking(db(), filters, expert, person), str(sort), now)


def _page(expert: Expert | None, asked: Asked) -> tuple[Page[Listing], Mapping[uuid.UUID, str]]:
    """A page of jobs, and why each stands where it does when the best come first."""
    mark = request.args.get("after")
    if asked.sort in {BY_PAY, BY_NEWEST}:
        return projects.board(db(), asked.filters, asked.now, mark=mark, looking=asked.looking), {}
    if asked.sort == BY_FIT and expert is not None:
        within = projects.fitting(asked.filters, asked.now, asked.looking)
        ranked = matching.ranking.rank(db(), expert, within=within, mark=mark)
    else:
        within = projects.fitting(replace(asked.filters, words=()), asked.now, asked.looking)
        ranked = matching.ranking.search(db(), service.said(asked.filters), within=within, mark=mark)
    return _listed(ranked, asked.now)


def _listed(ranked: Page[Ranked], now: datetime) -> tuple[Page[Listing], Mapping[uuid.UUID, str]]:
    rows = projects.listed(db(), [one.project_id for one in ranked.rows], now)
    return Page(rows, ranked.next_mark), {one.project_id: one.reason for one in ranked.rows}


def _head(filters: Filters) -> Mapping[str, object]:
    """One address for one list of jobs, however it was asked for; searches by word stay out of indexes."""
    pairs, mark = filter_pairs(filters, personal=False), request.args.get("after")
    unsorted = [pair for pair in pairs if pair[0] != "sort"]
    return {
        **head("jobs.board", query=[*pairs, ("after", mark)] if mark else unsorted),
        "feed_url": with_query(url_for("jobs.feed"), unsorted),
        "hidden_from_search": bool(filters.words or mark),
    }


def _sidebar(asked: Asked, facet: Facet, *, known: bool) -> dict[str, Any]:
    """Everything the form of filters shows."""
    filters, sort = asked.filters, asked.sort
    default = BY_MATCH if filters.words else BY_NEWEST
    return {
        "groups": shown.groups(filters, facet),
        "choices": shown.choices(filters, facet, known=known),
        "startable": shown.startable(filters, facet) if known else None,
        "chips": shown.chips(filters, facet, request.args, known=known),
        "filters": filters,
        "q": request.args.get("q", "").strip(),
        "says_nothing": bool(filters.words) and matching.ranking.says_nothing(service.said(filters)),
        "sort": sort,
        "kept_sort": "" if sort == default else sort,
        "sorts": [
            (value, label, "" if value == default else value) for value, label in _sorts(filters, known=known)
        ],
        "query": urlencode(filter_pairs(filters)),
        "rhythms": RHYTHMS,
    }


def _sorts(filters: Filters, *, known: bool) -> list[tuple[str, str]]:
    fit = [(BY_FIT, "Best fit")] if known else []
    match = [(BY_MATCH, "Best match")] if filters.words else []
    return [*fit, *match, (BY_NEWEST, "Newest"), (BY_PAY, "Pay an hour")]


def rows(
    expert: Expert | None,
    person: Candidate | None,
    listings: Sequence[Listing],
    reasons: Mapping[uuid.UUID, str],
) -> list[Row]:
    """Jobs as the board shows them; `person` is the expert as the rules know them."""
    ids, now = [project.id for project, _ in listings], clock.database_now(db())
    bonus = bonuses.to_be_met(db(), ids, now) if ids else {}
    if expert is None:
        return [
            Row(project, funded, reason=reasons.get(project.id, ""), bonus=bonus.get(project.id))
            for project, funded in listings
        ]
    fits = matching.fits(db(), user(), expert, listings, person)
    engaged = queries.engagement_states(db(), expert.id, ids)
    saved = queries.saved_project_ids(db(), expert.user_id, ids)
    applied = queries.live_states(db(), expert.id, ids, now)
    return [
        Row(
            project,
            funded,
            eligibility=fits[project.id],
            engaged=engaged.get(project.id) is EngagementState.ACTIVE,
            applied=applied.get(project.id),
            saved=project.id in saved,
            reason=reasons.get(project.id, ""),
            bonus=bonus.get(project.id),
        )
        for project, funded in listings
    ]
