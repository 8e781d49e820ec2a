"""The desk where staff check credentials: the queue, the claim beside its proof, the decision."""

import enum
import uuid
from collections.abc import Sequence
from typing import Any, TypeVar

from flask import Blueprint, flash, g, render_template, request
from flask.typing import ResponseReturnValue

from config.countries import COUNTRIES
from config.fields import SPECIALTIES
from marketplace.experts import policy, queries, service
from marketplace.experts.forms import (
    AppealDecisionForm,
    AskForm,
    NumberForm,
    RefuseForm,
    RevokeForm,
    VerifyForm,
)
from marketplace.experts.models import Credential, CredentialKind, CredentialState, Verification
from marketplace.gateways import Gateways
from marketplace.kit import clock
from marketplace.kit.access import open_to, role
from marketplace.kit.sealing import Sealer
from marketplace.kit.web import after_commit, attachment, db, found, see_other, wired

E = TypeVar("E", bound=enum.Enum)
bp = Blueprint("credential_checks", __name__, url_prefix="/staff/credentials")


@bp.context_processor
def _names() -> dict[str, Any]:
    return {"specialties": SPECIALTIES, "countries": COUNTRIES}


@bp.get("")
@open_to(role("ops", "admin"))
def index() -> ResponseReturnValue:
    """Credentials by where they stand; what waits comes first, the longest waiting at the top."""
    tab, wanted = _one(queries.Tab, "tab") or queries.Tab.WAITING, _wanted()
    return render_template(
        "marketplace/experts/staff_credentials.html",
        page=queries.in_tab(db(), tab, wanted, request.args.get("after")),
        proposals=queries.revocations_to_decide(db()),
        appeals=[(one, policy.decide_by(one)) for one in queries.appeals_to_decide(db())],
        two_people=policy.TWO_PEOPLE,
        tab=tab.value,
        counts={one.value: count for one, count in queries.tab_counts(db(), wanted).items()},
        wanted=wanted,
        number_form=NumberForm(formdata=None),
    )


@bp.post("/number")
@open_to(role("ops", "admin"))
def by_number() -> ResponseReturnValue:
    """Credentials with one number; a POST, so that the number stands in no address and no log."""
    form = NumberForm()
    if not form.validate_on_submit():
        return render_template("marketplace/experts/staff_number.html", form=form, found=None), 422
    scheme, number = form.scheme.data or "", form.number.data or ""
    found_ones = service.with_number(
        db(), scheme=scheme, number=number, sealer=wired(Sealer), by=g.visitor.user
    )
    return render_template("marketplace/experts/staff_number.html", form=form, found=found_ones)


def _wanted() -> queries.Wanted:
    """What the address asks for; a kind nobody knows is none."""
    args = request.args
    return queries.Wanted(
        person=args.get("person", "").strip()[:200],
        kind=_one(CredentialKind, "kind"),
        issuer=args.get("issuer", "").strip()[:200],
    )


def _one(kind: type[E], name: str) -> E | None:
    return next((one for one in kind if one.value == request.args.get(name)), None)


@bp.get("/<uuid:credential_id>")
@open_to(role("ops", "admin"))
def show(credential_id: uuid.UUID) -> ResponseReturnValue:
    """One claim, its proof, earlier checks, and what this person may do."""
    credential = found(queries.credential_for_check(db(), credential_id))
    return _page(credential)


@bp.post("/<uuid:credential_id>/open")
@open_to(role("ops", "admin"))
def open_check(credential_id: uuid.UUID) -> ResponseReturnValue:
    """Take it out of the queue."""
    credential = found(queries.lock_credential_for_check(db(), credential_id))
    service.open_check(db(), credential, by=g.visitor.user, connected=wired(policy.Around).connected)
    return see_other("credential_checks.show", credential_id=credential.id)


@bp.post("/<uuid:credential_id>/verify")
@open_to(role("ops", "admin"))
def verify(credential_id: uuid.UUID) -> ResponseReturnValue:
    """Accept the claim, as the last or the first of two."""
    credential = found(queries.lock_credential_for_check(db(), credential_id))
    form = VerifyForm()
    if not form.validate_on_submit():
        return _page(credential, verify_form=form), 422
    service.verify(
        db(),
        credential,
        by=g.visitor.user,
        method=form.method.data or "",
        connected=wired(policy.Around).connected,
    )
    done = credential.state is CredentialState.VERIFIED
    flash("Verified." if done else "Your check is noted. A second person has to check it too.", "ok")
    return see_other("credential_checks.index")


@bp.post("/<uuid:credential_id>/refuse")
@open_to(role("ops", "admin"))
def refuse(credential_id: uuid.UUID) -> ResponseReturnValue:
    """Refuse the claim, with the reason and what would make it pass."""
    credential = found(queries.lock_credential_for_check(db(), credential_id))
    form = RefuseForm()
    if not form.validate_on_submit():
        return _page(credential, refuse_form=form), 422
    service.reject(
        db(), credential, by=g.visitor.user, reason=form.reason.data or "", fix=form.fix.data or ""
    )
    flash("Not accepted. The expert is told why and what would make it pass.", "ok")
    return see_other("credential_checks.index")


@bp.post("/<uuid:credential_id>/ask")
@open_to(role("ops", "admin"))
def ask(credential_id: uuid.UUID) -> ResponseReturnValue:
    """Ask the expert something; the credential stays open with this person."""
    credential = found(queries.lock_credential_for_check(db(), credential_id))
    form = AskForm()
    if not form.validate_on_submit():
        return _page(credential, ask_form=form), 422
    service.ask(db(), credential, by=g.visitor.user, question=form.question.data or "")
    flash("Asked. You get a notice when the expert answers.", "ok")
    return see_other("credential_checks.show", credential_id=credential.id)


@bp.post("/<uuid:credential_id>/revoke")
@open_to(role("ops", "admin"))
def revoke(credential_id: uuid.UUID) -> ResponseReturnValue:
    """Say why a credential must not count; a second person decides."""
    credential = found(queries.lock_credential_for_check(db(), credential_id))
    form = RevokeForm()
    if not form.validate_on_submit():
        return _page(credential, revoke_form=form), 422
    service.propose_revocation(
        db(),
        credential,
        by=g.visitor.user,
        reason=form.reason.data or "",
        case_text=form.case_text.data or "",
        connected=wired(policy.Around).connected,
    )
    flash("Noted. It counts until a second person agrees.", "ok")
    return see_other("credential_checks.show", credential_id=credential.id)


@bp.post("/<uuid:credential_id>/revoke/agree")
@open_to(role("ops", "admin"))
def agree(credential_id: uuid.UUID) -> ResponseReturnValue:
    """Withdraw the credential, as the second person."""
    credential = found(queries.lock_credential_for_check(db(), credential_id))
    connected = wired(policy.Around).connected
    service.decide_revocation(db(), credential, by=g.visitor.user, agreed=True, connected=connected)
    flash("Withdrawn. The expert is told why.", "ok")
    return see_other("credential_checks.show", credential_id=credential.id)


@bp.post("/<uuid:credential_id>/revoke/drop")
@open_to(role("ops", "admin"))
def drop(credential_id: uuid.UUID) -> ResponseReturnValue:
    """Drop the proposal; the credential goes on counting."""
    credential = found(queries.lock_credential_for_check(db(), credential_id))
    service.decide_revocation(db(), credential, by=g.visitor.user, agreed=False)
    flash("Dropped. It goes on counting.", "ok")
    return see_other("credential_checks.show", credential_id=credential.id)


@bp.post("/<uuid:credential_id>/appeal")
@open_to(role("ops", "admin"))
def decide_appeal(credential_id: uuid.UUID) -> ResponseReturnValue:
    """Take the second look at a withdrawal, as a third person."""
    credential = found(queries.lock_credential_for_check(db(), credential_id))
    form = AppealDecisionForm()
    if not form.validate_on_submit():
        return _page(credential, appeal_form=form), 422
    restored = form.restored.data == "yes"
    service.decide_appeal(
        db(),
        credential,
        by=g.visitor.user,
        restored=restored,
        answer=form.answer.data or "",
        connected=wired(policy.Around).connected,
    )
    flash("It counts again." if restored else "It stays withdrawn. The expert is told why.", "ok")
    return see_other("credential_checks.show", credential_id=credential.id)


@bp.post("/<uuid:credential_id>/files/<uuid:file_id>")
@open_to(role("ops", "admin"))
def evidence(credential_id: uuid.UUID, file_id: uuid.UUID) -> ResponseReturnValue:
    """A clean file as a download, or a picture to look at; a POST, because every look is written down."""
    file = found(queries.file_for_check(db(), credential_id, file_id))
    key, name = service.note_evidence_seen(db(), file, by=g.visitor.user), file.name
    look = request.args.get("look") is not None and file.media_type.startswith("image/")

    def call() -> ResponseReturnValue:
        opened = wired(Gateways).storage.open(key)
        return attachment(opened.stream, content_type=opened.content_type, name=name, inline=look)

    return after_commit(call)


def _page(
    credential: Credential,
    *,
    verify_form: VerifyForm | None = None,
    refuse_form: RefuseForm | None = None,
    ask_form: AskForm | None = None,
    revoke_form: RevokeForm | None = None,
    appeal_form: AppealDecisionForm | None = None,
) -> str:
    checks = queries.checks_of(db(), credential.id)
    today = clock.database_now(db()).date()
    return render_template(
        "marketplace/experts/staff_credential.html",
        row=policy.shown(credential, today),
        credential=credential,
        checks=checks,
        needed=policy.checks_needed(credential.kind),
        is_over=policy.is_over(credential, today),
        verify_form=verify_form or VerifyForm(formdata=None),
        refuse_form=refuse_form or RefuseForm(formdata=None),
        ask_form=ask_form or AskForm(formdata=None),
        revoke_form=revoke_form or RevokeForm(formdata=None),
        appeal_form=appeal_form or AppealDecisionForm(formdata=None),
        form=verify_form or refuse_form or ask_form or revoke_form or appeal_form,
        **_evidence(credential),
        **_my_part(credential, checks),
    )


def _evidence(credential: Credential) -> dict[str, Any]:
    sealer, me = wired(Sealer), g.visitor.user.id
    lost = service.is_lost(credential, sealer)
    may_see = service.may_see_number(credential, me) and not lost
    counts = credential.state in policy.COUNTING
    revocations = queries.revocations_of(db(), credential.id)
    proposed = next((one for one in revocations if counts and one.decided_at is None), None)
    return {
        "files": queries.files_of(db(), credential.id),
        "number": service.number_of(credential, sealer) if may_see else "",
        "number_lost": lost,
        "same_number": service.claimed_by_others(db(), credential, sealer),
        "same_files": queries.same_files(db(), credential),
        "questions": queries.questions_of(db(), credential.id),
        "revocations": revocations,
        "appeal": queries.appeal_of(db(), credential.id),
        "withdrew": {one.by_id for one in revocations if one.agreed}
        | {one.decided_by_id for one in revocations if one.agreed},
        "proposed": proposed,
        "proposed_by": proposed.by.name if proposed else "",
        "counts": counts,
        "schemes": policy.SCHEMES,
    }


def _my_part(credential: Credential, checks: Sequence[Verification]) -> dict[str, Any]:
    me, this_round = g.visitor.user, policy.this_round(credential, checks)
    opened = credential.state is CredentialState.IN_REVIEW
    own = policy.is_own(credential, me.id)
    return {
        "this_round": this_round,
        "is_own": own,
        "tie": None
        if own
        else service.tie(db(), credential, by=me, connected=wired(policy.Around).connected),
        "has_checked": policy.has_checked(this_round, me.id),
        "is_mine": opened and credential.opened_by_id == me.id,
    }
