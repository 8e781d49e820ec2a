"""Jobs and searches an expert keeps, and the link in a letter that stops it."""

import uuid
from urllib.parse import parse_qsl

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from config.policy import WORK
from marketplace.applications import policy, queries, service
from marketplace.applications.forms import RHYTHMS, RhythmForm, SaveSearchForm, read_filters
from marketplace.applications.models import Rhythm, SavedSearch
from marketplace.applications.views.door import jobs, user
from marketplace.kit.access import anyone, open_to, role
from marketplace.kit.errors import Invalid
from marketplace.kit.signing import Signer
from marketplace.kit.web import clean_text, db, found, local_path, see_other, wired
from marketplace.projects import queries as projects
from marketplace.projects.queries import Filters

LONGEST = 4_000  # of the filters in an address


@jobs.get("/jobs/saved")
@open_to(role("expert"))
def saved() -> ResponseReturnValue:
    """Jobs and searches the expert keeps."""
    return _page(SaveSearchForm(formdata=None))


@jobs.post("/jobs/<slug>/save")
@open_to(role("expert"))
def save(slug: str) -> ResponseReturnValue:
    """Keep the job, or take it off the list again; then back to where one was."""
    project = found(projects.by_slug_public(db(), slug))
    service.keep_job(db(), user(), project, kept=request.form.get("kept") == "yes")
    back = local_path(request.form.get("next"), f"/jobs/{slug}")
    return redirect(f"{back}#job-{slug}", 303)


@jobs.get("/jobs/searches")
@open_to(role("expert"))
def searches() -> ResponseReturnValue:
    """What was kept stands on one page, with the form."""
    return see_other("jobs.saved")


@jobs.post("/jobs/searches")
@open_to(role("expert"))
def save_search() -> ResponseReturnValue:
    """Keep the filters of the board under a name."""
    form = SaveSearchForm()
    if not form.validate_on_submit():
        return _page(form), 422
    service.save_search(
        db(),
        user(),
        name=str(form.name.data).strip(),
        filters=_filters(form.query.data or ""),
        rhythm=Rhythm(form.rhythm.data),
    )
    flash("Saved. You find it here at any time.", "ok")
    return see_other("jobs.saved")


@jobs.post("/jobs/searches/<uuid:search_id>/rhythm")
@open_to(role("expert"))
def set_rhythm(search_id: uuid.UUID) -> ResponseReturnValue:
    """Tell of new jobs this often."""
    search, form = _own(search_id), RhythmForm()
    if not form.validate_on_submit():
        raise Invalid("Choose how often you want to hear of new jobs.")
    service.set_rhythm(db(), search, Rhythm(form.rhythm.data))
    flash("Changed.", "ok")
    return see_other("jobs.saved")


@jobs.post("/jobs/searches/<uuid:search_id>/remove")
@open_to(role("expert"))
def remove_search(search_id: uuid.UUID) -> ResponseReturnValue:
    """Forget a saved search."""
    service.remove_search(db(), _own(search_id))
    flash("Removed.", "ok")
    return see_other("jobs.saved")


@jobs.get("/jobs/searches/stop/<token>")
@open_to(anyone)
def stop_page(token: str) -> ResponseReturnValue:
    """One button; opening the page alone changes nothing, because mail programs open links by themselves."""
    return _stop_page(service.search_to_stop(db(), wired(Signer), token), token)


@jobs.post("/jobs/searches/stop/<token>")
@open_to(anyone)
def stop(token: str) -> ResponseReturnValue:
    """Stop the letters of one saved search; the signed link is the proof, no sign-in.

    The answer is the page itself: mail programs that post here must not be sent elsewhere (RFC 8058).
    """
    search = service.search_to_stop(db(), wired(Signer), token, locked=True)
    if search is not None:
        service.set_rhythm(db(), search, Rhythm.NEVER)
    return _stop_page(search, token)


def _stop_page(search: SavedSearch | None, token: str) -> str:
    return render_template(
        "marketplace/applications/stop.html",
        search=search,
        stopped=search is None or search.rhythm is Rhythm.NEVER,
        token=token,
        hidden_from_search=True,
    )


def _filters(query: str) -> Filters:
    """The filters of an address; Invalid (422) when it is too long, BadInput (400) for NUL and its like."""
    if len(query) > LONGEST:
        raise Invalid("These are too many filters to keep. Take some away, then save the search.")
    return read_filters(MultiDict((name, clean_text(value)) for name, value in parse_qsl(query)))


def _own(search_id: uuid.UUID) -> SavedSearch:
    return found(queries.saved_search(db(), search_id, user_id=user().id, locked=True))


def _page(form: SaveSearchForm) -> str:
    searches = queries.saved_searches(db(), user().id)
    return render_template(
        "marketplace/applications/saved.html",
        page=queries.saved_jobs(db(), user().id, mark=request.args.get("after")),
        searches=[(one, policy.filter_pairs(policy.kept_filters(one.filters))) for one in searches],
        rhythms=RHYTHMS,
        form=form,
        asked=form.errors,
        most=WORK.saved_searches_maximum,
    )
