"""The played provider's page of accidents: what goes wrong the next time we ask; for finance."""

from collections.abc import Mapping
from dataclasses import dataclass

import wtforms
from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.gateways.stripe.emulator import faults
from marketplace.gateways.stripe.emulator.faults import Fault
from marketplace.gateways.stripe.emulator_pages import emulator
from marketplace.kit.access import open_to, role
from marketplace.kit.forms import BaseForm, options

bp = Blueprint("provider_accidents", __name__, url_prefix="/gateway/accidents")
FINANCE = role("finance", "admin")
PAYOUTS, REFUNDS, INVOICES, PAGES = "/v1/transfers", "/v1/refunds", "/v1/invoices", "/v1/checkout/sessions"
TRIES = 3  # our client asks twice more by itself when no answer comes


@dataclass(frozen=True, slots=True)
class Accident:
    """A fault at the next `times` requests whose path begins with `path`, in a person's words."""

    fault: Fault
    path: str
    title: str
    what: str
    times: int = 1
    method: str = "POST"


ACCIDENTS: Mapping[str, Accident] = {
    "payout-refused": Accident(
        Fault.REFUSED,
        PAYOUTS,
        "A payout is refused",
        "The money is available again, and its owner reads why.",
    ),
    "payout-silent": Accident(
        Fault.LOST_RESPONSE,
        PAYOUTS,
        "A payout is made, and no answer comes",
        "It is looked for before anything is sent again.",
        TRIES,
    ),
    "payout-down": Accident(
        Fault.UNREACHABLE, PAYOUTS, "A payout reaches nobody", "Nothing is made there; we cannot know.", TRIES
    ),
    "payout-error": Accident(
        Fault.STICKY_AFTER,
        PAYOUTS,
        "A payout is made, and the answer says error",
        "Asking once more brings the same answer.",
    ),
    "payout-hidden": Accident(
        Fault.HIDE_LISTS, PAYOUTS, "A search finds no payout", "Though there is one.", method="GET"
    ),
    "refund-silent": Accident(
        Fault.LOST_RESPONSE, REFUNDS, "A refund is made, and no answer comes", "", TRIES
    ),
    "invoice-down": Accident(Fault.UNREACHABLE, INVOICES, "An invoice reaches nobody", "", TRIES),
    "page-down": Accident(Fault.UNREACHABLE, PAGES, "No payment page can be opened", "", TRIES),
}


class AccidentForm(BaseForm):
    """What goes wrong the next time."""

    what = wtforms.RadioField(
        "What goes wrong next",
        choices=options((name, one.title, one.what) for name, one in ACCIDENTS.items()),
    )


@bp.get("")
@open_to(FINANCE)
def index() -> ResponseReturnValue:
    """What can go wrong, and what is about to."""
    return _page(AccidentForm())


@bp.post("")
@open_to(FINANCE)
def order() -> ResponseReturnValue:
    """Let it go wrong the next time."""
    form = AccidentForm()
    if not form.validate_on_submit():
        return _page(form), 422
    chosen = ACCIDENTS[form.what.data]
    for _ in range(chosen.times):
        emulator().order(chosen.fault, method=chosen.method, path=chosen.path)
    flash(f"The next time: {chosen.title[0].lower()}{chosen.title[1:]}.", "ok")
    return redirect(url_for("provider_accidents.index"), 303)


@bp.post("/none")
@open_to(FINANCE)
def forget() -> ResponseReturnValue:
    """Let nothing go wrong any more."""
    with emulator().books() as books:
        faults.forget(books)
    flash("Nothing goes wrong from now on.", "ok")
    return redirect(url_for("provider_accidents.index"), 303)


def _page(form: AccidentForm) -> str:
    with emulator().books() as books:
        waiting = faults.waiting(books)
    known = {(one.fault, one.method, one.path): one.title for one in ACCIDENTS.values()}
    return render_template(
        "marketplace/gateways/accidents.html",
        form=form,
        waiting=list(dict.fromkeys(known[one] for one in waiting if one in known)),
    )
