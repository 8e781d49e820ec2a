"""Money out: payout accounts, the end of holds, a run by two people."""

import re
import time

from commands.simulation.browser import Lost
from commands.simulation.people import Person

SETTLE_SECONDS = 120.0
REASON = "The end of a simulation: nobody waits three days."
_RUN = re.compile(r"/staff/payouts/[0-9a-f-]{36}$")


def open_account(person: Person) -> None:
    """Set up a payout account on the payment service's own pages."""
    page = person.browser.get("/earnings/account")
    if page.has_form("/earnings/account"):
        page = person.browser.send(page, "/earnings/account", {"country": "US"})
    if any("/earnings/account/continue" in link for link in page.links):
        form = person.browser.get("/earnings/account/continue")
        person.browser.send(form, "/gateway/onboarding/", {"name": person.name, "bank": "000123456789"})
    page = person.browser.get("/earnings/account?returned=1")
    if "Ready" not in page.html:
        raise Lost(f"the payout account of {person.name} is not ready")


def end_holds(finance: Person) -> None:
    """End every hold with a reason, so that everybody can be paid today."""
    page = finance.browser.get("/staff/payouts/holds")
    while page.has_form("/staff/payouts/holds/"):
        for form in [form for form in page.forms if "/staff/payouts/holds/" in form.action]:
            finance.browser.send(page, form.action, {"reason": REASON})
        page = finance.browser.get("/staff/payouts/holds")


def pay_out(preparer: Person, approver: Person) -> int:
    """Prepare a run, have another person approve it, wait until it is sent; returns the number of payouts.

    Nobody has enough for a payout: what they earned stays available, and there is no run.
    """
    page = preparer.browser.get("/staff/payouts")
    if not page.has_form("/staff/payouts"):
        return 0
    preparer.browser.send(page, "/staff/payouts")
    runs = [link for link in approver.browser.get("/staff/payouts").links if _RUN.search(link)]
    if not runs:
        raise Lost("there is no payout run")
    page = approver.browser.get(runs[0])
    if page.has_form("/approve"):
        approver.browser.send(page, "/approve")
    return _sent(approver, runs[0])


def _sent(finance: Person, run: str) -> int:
    waited = 0.0
    while waited < SETTLE_SECONDS:
        page = finance.browser.get(run)
        paid = page.html.count("tr_")
        if paid and "None yet" not in page.html:
            return paid
        time.sleep(0.5)
        waited += 0.5
    raise Lost(f"the payouts were not sent within {SETTLE_SECONDS:.0f} seconds: is a worker running?")
