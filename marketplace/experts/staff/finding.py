"""The queue of the desk, and finding credentials again."""

import enum
from typing import TypeVar

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.experts import policy, queries, service
from marketplace.experts.forms import NumberForm
from marketplace.experts.models import CredentialKind
from marketplace.experts.staff.door import bp
from marketplace.kit.access import open_to, role
from marketplace.kit.sealing import Sealer
from marketplace.kit.web import db, wired

E = TypeVar("E", bound=enum.Enum)


@bp.get("")
@open_to(role("ops", "admin"))
def index() -> ResponseReturnValue:
    """Credentials by where they stand; what waits comes first, the longest waiting at the top."""
    tab, wanted = _one(queries.Tab, "tab") or queries.Tab.WAITING, _wanted()
    return render_template(
        "marketplace/experts/staff_credentials.html",
        page=queries.in_tab(db(), tab, wanted, request.args.get("after")),
        proposals=queries.revocations_to_decide(db(), mark=request.args.get("proposed")),
        appeals=queries.appeals_to_decide(db(), mark=request.args.get("appealed")),
        decide_by=policy.decide_by,
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
