"""One credential on the desk: the claim beside its proof, and the decision."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import flash, g, render_template, request
from flask.typing import ResponseReturnValue

from config.policy import PEOPLE
from marketplace.experts import policy, queries, service
from marketplace.experts.forms import (
    AppealDecisionForm,
    AskForm,
    RefuseForm,
    RevokeForm,
    VerifyForm,
)
from marketplace.experts.models import Credential, CredentialState, Verification
from marketplace.experts.staff.door import bp
from marketplace.gateways import Gateways
from marketplace.kit import clock
from marketplace.kit.access import open_to, role
from marketplace.kit.forms import BaseForm
from marketplace.kit.sealing import Sealer
from marketplace.kit.web import after_commit, attachment, db, found, see_other, wired


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


@bp.post("/<uuid:credential_id>/put-back")
@open_to(role("ops", "admin"))
def put_back(credential_id: uuid.UUID) -> ResponseReturnValue:
    """Leave it to somebody else."""
    credential = found(queries.lock_credential_for_check(db(), credential_id))
    service.put_back(db(), credential, by=g.visitor.user)
    flash("It is back in the queue, at its old place.", "ok")
    return see_other("credential_checks.index")


@bp.post("/<uuid:credential_id>/verify")
@open_to(role("ops", "admin"))
def verify(credential_id: uuid.UUID) -> ResponseReturnValue:
    """Accept the claim, as the last or the first of two."""
    credential = found(queries.lock_credential_for_check(db(), credential_id))
    form = VerifyForm()
    if not form.validate_on_submit():
        return _page(credential, form), 422
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
        return _page(credential, form), 422
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
        return _page(credential, form), 422
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
        return _page(credential, form), 422
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
        return _page(credential, form), 422
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
    """A clean file as a download, or to look at; a POST, because every look is written down."""
    file = found(queries.file_for_check(db(), credential_id, file_id))
    key, name = service.note_evidence_seen(db(), file, by=g.visitor.user), file.name
    look = request.args.get("look") is not None

    def call() -> ResponseReturnValue:
        opened = wired(Gateways).storage.open(key)
        return attachment(opened.stream, content_type=opened.content_type, name=name, inline=look)

    return after_commit(call)


def _page(credential: Credential, tried: BaseForm | None = None) -> str:
    """The page; `tried` has errors to show, and what was typed into the other forms beside it is kept."""
    checks = queries.checks_of(db(), credential.id)
    today = clock.database_now(db()).date()
    return render_template(
        "marketplace/experts/staff_credential.html",
        row=policy.shown(credential, today),
        credential=credential,
        checks=checks,
        needed=policy.checks_needed(credential.kind),
        is_over=policy.is_over(credential, today),
        form=tried,
        **_forms(tried),
        **_evidence(credential),
        **_my_part(credential, checks),
    )


def _forms(tried: BaseForm | None) -> dict[str, BaseForm]:
    kinds: dict[str, type[BaseForm]] = {
        "verify_form": VerifyForm,
        "refuse_form": RefuseForm,
        "ask_form": AskForm,
        "revoke_form": RevokeForm,
        "appeal_form": AppealDecisionForm,
    }
    return {
        name: tried if tried is not None and type(tried) is kind else kind() for name, kind in kinds.items()
    }


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
        "check_days": PEOPLE.credential_check_days,
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
