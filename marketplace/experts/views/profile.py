"""The expert's own page: tier and why, what they work on, what companies see."""

from collections.abc import Sequence
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.fields import TIERS
from config.languages import LANGUAGES
from marketplace.experts import policy, queries, service
from marketplace.experts.forms import ProfileForm, SpecialtiesForm, zone_names
from marketplace.experts.models import Credential, Expert
from marketplace.experts.views.door import bp, expert, known_expert
from marketplace.identity import service as identity
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found, local_path, see_other, wired
from marketplace.reputation import policy as reputation_policy
from marketplace.reputation import queries as reputation


@bp.get("")
@open_to(role("expert"))
def profile() -> ResponseReturnValue:
    """Tier and why, credentials, what is worked on, the record."""
    mine = known_expert()
    if mine is None:
        return see_other("experts.edit")
    rows, history = _rows(mine), queries.history_of(db(), mine.id)
    waiting = [row.credential for row in rows if row.state in policy.WAITING]
    fields = _fields(mine, waiting)
    return render_template(
        "marketplace/experts/profile.html",
        expert=mine,
        fields=fields,
        **_ladder(fields),
        unlocks=_unlocks(mine, fields, waiting),
        steps=policy.steps(mine, history=len(history), fields=len(fields), credentials=len(rows)),
        history=history,
        rows=rows,
        **_said(mine),
        record=_record(mine),
    )


@bp.get("/public")
@open_to(role("expert"))
def public() -> ResponseReturnValue:
    """What a company sees: a code and what is verified, never the name."""
    mine = found(known_expert())
    return render_template(
        "marketplace/experts/public.html",
        expert=mine,
        verified=queries.verified_of(db(), mine.id),
        fields=_fields(mine),
        history=queries.history_of(db(), mine.id),
        **_said(mine),
    )


@bp.get("/edit")
@open_to(role("expert"))
def edit() -> ResponseReturnValue:
    """The form about oneself, `next` being where somebody came from; the first visit begins the profile."""
    form = ProfileForm.of(known_expert(), g.visitor.user.time_zone)
    form.next.data = request.args.get("next", "")
    return _edit(form)


@bp.post("/edit")
@open_to(role("expert"))
def save() -> ResponseReturnValue:
    """Store what the expert says about themselves."""
    form, user = ProfileForm(), g.visitor.user
    form.name_of_user = user.name
    if not form.validate_on_submit():
        return _edit(form), 422
    _store(user, form)
    flash("Your profile is saved.", "ok")
    return redirect(_back(form), 303)


@bp.get("/specialties")
@open_to(role("expert"))
def specialties() -> ResponseReturnValue:
    """The form about what the expert works on."""
    mine = known_expert()
    known = queries.specialties_of(db(), mine.id) if mine else []
    form = SpecialtiesForm.of(known)
    form.next.data = request.args.get("next", "")
    return _specialties(form)


@bp.post("/specialties")
@open_to(role("expert"))
def save_specialties() -> ResponseReturnValue:
    """Make the named specialties exactly these."""
    form = SpecialtiesForm()
    if not form.validate_on_submit():
        return _specialties(form), 422
    service.set_specialties(db(), expert(), years=form.years())
    flash("Your fields are saved.", "ok")
    return redirect(_back(form), 303)


def _back(form: ProfileForm | SpecialtiesForm) -> str:
    """Where the person came from, if it is of this site; else the profile."""
    return local_path(form.next.data, url_for("experts.profile"))


def _specialties(form: SpecialtiesForm) -> str:
    return render_template("marketplace/experts/specialties.html", form=form, back=_back(form))


def _store(user: User, form: ProfileForm) -> None:
    mine = expert()
    service.save_profile(
        db(),
        mine,
        headline=form.headline.data or "",
        biography=form.biography.data or "",
        country=form.country.data,
        languages=form.levels(),
    )
    service.set_availability(
        db(), mine, weekly_hours=form.weekly_hours.data or 0, days=form.days.data or [], quiet=form.quiet()
    )
    identity.change_settings(
        db(), user, name=user.name, time_zone=form.time_zone.data or "UTC", theme=user.theme
    )


def _edit(form: ProfileForm) -> str:
    return render_template("marketplace/experts/edit.html", form=form, zones=zone_names(), back=_back(form))


def _unlocks(
    mine: Expert, fields: list[policy.Field], waiting: list[Credential]
) -> list[tuple[policy.Unlock, policy.Opened]]:
    """What would raise the pay, each with the jobs that are open for it and not yet for this expert."""
    verified = queries.verified_of(db(), mine.id)
    unlocks = policy.unlocks(verified, [field.slug for field in fields], waiting=waiting)
    jobs = wired(policy.Around).open_jobs(db())
    return [(unlock, policy.opened_by(unlock, verified, jobs)) for unlock in unlocks]


def _fields(mine: Expert, waiting: Sequence[Credential] = ()) -> list[policy.Field]:
    years = {row.specialty: row.years for row in queries.specialties_of(db(), mine.id)}
    return policy.fields(queries.verified_of(db(), mine.id), years, waiting)


def _rows(mine: Expert) -> list[policy.Shown]:
    today, checks = clock.database_now(db()).date(), queries.last_checks(db(), mine.id)
    asked = {one.credential_id: one for one in queries.questions_to(db(), mine.id)}
    return [
        policy.shown(one, today, checks.get(one.id), asked.get(one.id))
        for one in queries.credentials_of(db(), mine.id)
    ]


def _ladder(fields: list[policy.Field]) -> dict[str, Any]:
    return {"tiers": list(TIERS.values()), "best": policy.best(fields)}


def _said(mine: Expert) -> dict[str, Any]:
    return {
        "available": policy.availability(mine.weekly_hours, mine.days, mine.quiet_from, mine.quiet_to),
        "languages": [f"{LANGUAGES.get(code, code)} ({level})" for code, level in mine.languages.items()],
    }


def _record(mine: Expert) -> dict[str, Any]:
    approved, first_time, rejected = reputation.totals(db(), mine.user_id)
    counts = {"approved_count": approved, "first_time_count": first_time, "rejected_count": rejected}
    return {
        "approved": approved,
        "first_time_percent": reputation_policy.first_time_percent(**counts),
        "rejected": rejected,
        "trusted": reputation_policy.is_trusted(**counts),
    }
