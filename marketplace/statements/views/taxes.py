"""An expert's tax form and what they were paid in each year."""

from flask import flash, g, render_template
from flask.typing import ResponseReturnValue

from config.countries import COUNTRIES
from config.settings import Settings
from config.tax import FORMS
from marketplace.identity.models import User
from marketplace.kit.access import open_to
from marketplace.kit.sealing import Sealer
from marketplace.kit.web import db, see_other, wired
from marketplace.payouts import queries as payouts
from marketplace.statements import policy, queries, service
from marketplace.statements.forms import CLASSES, TaxForm
from marketplace.statements.views.door import PAID, bp, moment


@bp.get("/tax")
@open_to(PAID)
def tax() -> ResponseReturnValue:
    """What was paid in each year, what is signed, and the form."""
    return _page(TaxForm(formdata=None))


@bp.post("/tax")
@open_to(PAID)
def sign_tax() -> ResponseReturnValue:
    """Sign; the newest signature counts."""
    form = TaxForm()
    if not form.validate_on_submit():
        return _page(form), 422
    service.sign(db(), g.visitor.user, form.signed(), sealer=wired(Sealer))
    flash("Signed. The number is sealed; only its end is shown.", "ok")
    return see_other("statements.tax")


def _page(form: TaxForm) -> str:
    me: User = g.visitor.user
    role = wired(Settings).tax_role
    years = policy.years(queries.first_earned_at(db(), me.id), moment())
    return render_template(
        "marketplace/statements/tax.html",
        form=form,
        profile=queries.profiles_of(db(), [me.id]).get(me.id),
        totals=service.own_totals(db(), me, years, role),
        us_form=FORMS[role],
        taken=payouts.withholding_now(db(), me.id),
        today=moment().date(),
        countries=COUNTRIES,
        classes=CLASSES,
    )
