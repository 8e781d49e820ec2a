"""How the simulated finance people pay out."""

from typing import cast

from commands.simulation import money
from commands.simulation.browser import Browser, Form, Page
from commands.simulation.people import Person


class Shown(Browser):
    """A browser in which every address shows the same page."""

    def __init__(self, page: Page) -> None:
        super().__init__("http://127.0.0.1")
        self.page = page

    def get(self, path: str) -> Page:
        return self.page


def finance(*forms: Form) -> Person:
    page = Page("http://127.0.0.1/staff/payouts", 200, "", list(forms), [], {})
    return Person(1, "Fin", "fin@simulation.example", cast("Browser", Shown(page)))


def test_nobody_with_enough_for_a_payout_is_no_failure() -> None:
    assert money.pay_out(finance(), finance()) == 0
