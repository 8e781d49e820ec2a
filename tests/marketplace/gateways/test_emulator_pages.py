"""What a person sees and does at the played payment provider."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import request
from flask_wtf import CSRFProtect
from werkzeug.test import TestResponse

from config import policy
from marketplace.gateways import Gateways, wiring
from marketplace.gateways.language_models.scripted import ScriptedModels
from marketplace.gateways.mail.folder import FolderMailer
from marketplace.gateways.storage.disk import DiskStorage
from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator_pages import bp
from marketplace.gateways.stripe.events import Endpoint
from marketplace.kit import access, answers, filters, static
from marketplace.kit.access import anyone, open_to
from marketplace.kit.application import Application
from marketplace.kit.database import make_sessions
from tests.factories.gateways import deposit_order, fund, paid, ready_account, transfer_order
from tests.pages import Page

ROOT = Path(__file__).parents[3]
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Shop:
    """A small application with the provider's pages, and our webhook doors as one view that remembers."""

    def __init__(self, payments: EmulatedPayments, folder: Path) -> None:
        self.payments, self.status = payments, 200
        self.taken: list[tuple[str, str]] = []
        app = Application("shop", root_path=str(ROOT), static_folder=None)
        app.config.update(SECRET_KEY="x" * 32, TESTING=True)
        app.cookie, app.who = (
            "signin",
            lambda session, token: SimpleNamespace(roles=frozenset(), touch_at=None),
        )
        app.sessions = make_sessions(f"sqlite:///{folder}/shop.sqlite")
        csrf = CSRFProtect(app)
        filters.install(app)
        static.install(app)
        answers.install(app, secure=False)
        mail, storage = FolderMailer(folder, sender="Assay <a@assay.test>"), DiskStorage(folder)
        app.extensions["assay"] = {Gateways: Gateways(payments, mail, storage, ScriptedModels())}
        app.register_blueprint(bp)

        def webhook(endpoint: str) -> tuple[str, int]:
            return self.take(endpoint)

        app.post("/webhooks/stripe/<endpoint>")(csrf.exempt(open_to(anyone)(webhook)))
        self.app, self.client = app, app.test_client()

    def take(self, endpoint: str) -> tuple[str, int]:
        signature = request.headers["Stripe-Signature"]
        event = self.payments.construct_event(Endpoint(endpoint), request.get_data(), signature)
        self.taken.append((endpoint, event.kind))
        return "", self.status

    def open(self, address: str) -> Page:
        return Page(self.client.get(address.removeprefix("http://assay.test")))

    def send(self, address: str, **fields: Any) -> Page:
        """Fill in the form on a page and send it, with the page's own token."""
        path = address.removeprefix("http://assay.test")
        token = TOKEN.search(self.client.get(path).text)
        assert token
        answer: TestResponse = self.client.post(path, data={"csrf_token": token[1], **fields})
        return Page(answer)


@pytest.fixture
def shop(payments: EmulatedPayments, tmp_path: Path) -> Any:
    shop = Shop(payments, tmp_path)
    yield shop
    shop.app.sessions.kw["bind"].dispose()


def link(payments: EmulatedPayments) -> str:
    account = payments.create_account(
        owner_id=deposit_order().deposit_id, email="ada@example.org", country="US", idempotency_key="account"
    )
    return payments.account_link(
        account, refresh_url="http://assay.test/again", return_url="http://assay.test/back"
    )


CARD = {"how": "card", "number": "4242 4242 4242 4242"}


def test_the_pages_say_that_the_money_is_not_real(shop: Shop) -> None:
    page = shop.payments.create_deposit_session(deposit_order())
    express = shop.payments.login_link(ready_account(shop.payments))
    for address in (page.url, link(shop.payments), express):
        assert "Test money" in shop.open(address).text


def test_paying_by_card_leads_back_and_tells_us_first(shop: Shop) -> None:
    page = shop.payments.create_deposit_session(deposit_order())
    assert "$1,000.00" in shop.open(page.url).text
    answer = shop.send(page.url, **CARD)
    assert (answer.status, answer.location) == (303, f"http://assay.test/done?session={page.id}")
    assert shop.taken == [("platform", "charge.succeeded"), ("platform", "checkout.session.completed")]
    assert shop.payments.read_session(page.id).payment_status == "paid"


@pytest.mark.parametrize(("how", "debit"), [("bank", "bank_debit"), ("bank_returned", "bank_debit_returned")])
def test_paying_by_bank_is_on_its_way(shop: Shop, how: str, debit: str) -> None:
    page = shop.payments.create_deposit_session(deposit_order())
    assert shop.send(page.url, how=how, number="").status == 303
    state = shop.payments.read_session(page.id)
    assert (state.status, state.payment_status, state.payment_state) == ("complete", "unpaid", "processing")
    with shop.payments.emulator.books() as books:
        rows = books.sql.execute("SELECT what FROM due WHERE object_id = ?", (page.id,)).fetchall()
    assert (debit,) in rows


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"how": "card", "number": "4000 0000 0000 0002"}, "Your card was declined."),
        ({"how": "card", "number": "4000-0000-0000-9995"}, "insufficient funds"),
        ({"how": "card", "number": "5555 5555 5555 4444"}, "Never enter a real card here."),
        ({"how": "card", "number": ""}, "Use the test card"),
        ({"how": "cash", "number": ""}, "Choose one of the options."),
        ({"number": "4242424242424242", "how": ""}, "Choose one of the options."),
    ],
)
def test_what_does_not_pay_says_so_at_the_field(shop: Shop, fields: dict[str, str], said: str) -> None:
    page = shop.payments.create_deposit_session(deposit_order())
    answer = shop.send(page.url, **fields)
    assert answer.status == 422
    assert said in answer.errors()
    assert shop.payments.read_session(page.id).status == "open"
    assert shop.taken == []


def test_cancelling_is_a_link_back(shop: Shop) -> None:
    page = shop.payments.create_deposit_session(deposit_order())
    links = {node.get("href") for node in shop.open(page.url).all("a")}
    assert "http://assay.test/back" in links


def test_a_paid_page_says_so_and_cannot_be_paid_again(shop: Shop) -> None:
    page = shop.payments.create_deposit_session(deposit_order())
    token = TOKEN.search(shop.client.get(page.url).text)
    assert token
    shop.send(page.url, **CARD)
    assert "has been paid" in shop.open(page.url).text
    again = shop.client.post(page.url, data={"csrf_token": token[1], **CARD})
    assert again.status_code == 410
    assert shop.payments.read_balance().available["usd"] == 97_070


def test_a_closed_page_says_so(shop: Shop) -> None:
    page = shop.payments.create_deposit_session(deposit_order())
    shop.payments.expire_session(page.id)
    assert "nothing was charged" in shop.open(page.url).text


def test_an_event_nobody_took_waits_for_the_worker(shop: Shop) -> None:
    shop.status = 503
    page = shop.payments.create_deposit_session(deposit_order())
    assert shop.send(page.url, **CARD).status == 303
    assert len(shop.taken) == 2
    with shop.payments.emulator.books() as books:
        waiting = books.sql.execute("SELECT count(*) FROM sends WHERE delivered_at IS NULL").fetchone()
    assert waiting == (2,)


def test_a_form_from_another_site_is_refused(shop: Shop) -> None:
    page = shop.payments.create_deposit_session(deposit_order())
    assert shop.client.post(page.url, data=CARD).status_code == 400
    assert shop.payments.read_session(page.id).status == "open"


@pytest.mark.parametrize("path", ["/gateway/pay/cs_test_x", "/gateway/pay/acct_1", "/gateway/pay/x'--"])
def test_an_invented_page_is_not_found(shop: Shop, path: str) -> None:
    assert shop.client.get(path).status_code == 404
    assert shop.client.post(path, data=CARD).status_code in {400, 404}


def test_an_account_is_not_a_payment_page(shop: Shop) -> None:
    account = ready_account(shop.payments)
    assert shop.client.get(f"/gateway/pay/{account}").status_code == 404


def test_onboarding_leads_back_and_opens_the_account(shop: Shop) -> None:
    address = link(shop.payments)
    assert shop.open(address).value("bank") == "000123456789"
    answer = shop.send(address, name="Ada Byron", bank="000999888777")
    assert (answer.status, answer.location) == (303, "http://assay.test/back")
    assert shop.taken == [("connect", "account.updated"), ("connect", "capability.updated")]
    used = shop.client.get(address)
    assert (used.status_code, used.headers["Location"]) == (303, "http://assay.test/again")
    assert shop.client.get("/gateway/onboarding/invented").status_code == 410


def test_onboarding_may_leave_a_document_open(shop: Shop) -> None:
    assert shop.send(link(shop.payments), name="Ada", bank="1234", document="y").status == 303
    with shop.payments.emulator.books() as books:
        account = next(books.newest("account"))
    assert account["requirements"]["currently_due"] == ["individual.verification.document"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "", "bank": "1234"}, "Enter the name on the account."),
        ({"name": "Ada", "bank": ""}, "Enter an account number."),
        ({"name": "Ada", "bank": "12 34"}, "4 to 17 digits"),
        ({"name": "Ada", "bank": "٣٣٣٣"}, "4 to 17 digits"),
        ({"name": "Ada\x01", "bank": "1234"}, "cannot be seen"),
    ],
)
def test_onboarding_says_what_is_wrong_at_the_field(shop: Shop, fields: dict[str, str], said: str) -> None:
    answer = shop.send(link(shop.payments), **fields)
    assert answer.status == 422
    assert said in answer.errors()
    assert shop.taken == []


def test_the_express_page_shows_what_arrived(shop: Shop) -> None:
    fund(shop.payments, 100_000)
    account = ready_account(shop.payments)
    empty = shop.open(shop.payments.login_link(account)).text
    assert "Nothing yet." in empty
    for number in range(21):
        shop.payments.transfer(
            transfer_order(account, amount_minor=1_000 + number, description=f"Payout {number}")
        )
    page = shop.open(shop.payments.login_link(account)).text
    assert "$212.10" in page
    assert "Payout 20" in page
    assert "Payout 0 " not in page
    assert "Older ones are not shown." in page
    assert "ending in 6789" in page
    assert shop.client.get("/gateway/express/invented").status_code == 410


def test_the_express_page_says_what_is_wanted(shop: Shop) -> None:
    page = shop.open(shop.payments.login_link(ready_account(shop.payments, verified=False)))
    assert "Individual, verification, document" in page.text


def test_every_door_is_in_the_access_file(shop: Shop) -> None:
    views = {name: view for name, view in shop.app.view_functions.items() if name.startswith("gateway.")}
    written = {
        name: rule for name, rule in access.read_policy(policy.ACCESS).items() if name.startswith("gateway.")
    }
    access.check_locks(views, written)
    assert set(views) == set(written)
    assert bp in wiring.emulator_doors()


def test_the_pages_refuse_to_stand_before_stripe(shop: Shop, payments: EmulatedPayments) -> None:
    page = paid(payments)
    live = wiring.make_payments(
        "sk_test_x",
        webhook_secret="",
        connect_secret="",
        emulator_path=Path("unused"),
        public_url="http://assay.test",
    )
    gateways = shop.app.extensions["assay"][Gateways]
    shop.app.extensions["assay"][Gateways] = Gateways(
        live, gateways.mail, gateways.storage, gateways.language_models
    )
    assert shop.client.get(f"/gateway/pay/{page.id}").status_code == 500
