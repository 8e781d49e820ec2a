"""The password once more before money moves: asked after half an hour, counted, and with a new cookie."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.identity import service
from marketplace.identity.errors import ProveFirst
from marketplace.identity.models import Role
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.kit.errors import TooMany
from tests.factories.identity import PASSWORD, make_user
from tests.pages import Pages

LATER = timedelta(minutes=PEOPLE.proof_minutes, seconds=1)


def test_a_sign_in_is_proof_for_a_while(session: Session) -> None:
    signed = service.open_sign_in(session, make_user(session), device="test")
    session.flush()
    service.require_proof(session, signed.sign_in, back="/earnings")
    with clock.shifted(LATER), pytest.raises(ProveFirst) as refused:
        service.require_proof(session, signed.sign_in, back="/earnings")
    assert refused.value.back == "/earnings"


def test_the_password_proves_it_again_and_the_old_cookie_is_worth_nothing(session: Session) -> None:
    user = make_user(session)
    signed = service.open_sign_in(session, user, device="test")
    session.flush()
    with clock.shifted(LATER):
        again = service.prove(session, user, signed.sign_in, password=PASSWORD, address="192.0.2.1")
        assert again is not None
        session.flush()
        service.require_proof(session, again.sign_in, back="/earnings")
        assert service.visitor(session, signed.token).user is None
        assert service.visitor(session, again.token).user is user


def test_a_wrong_password_is_counted_until_there_is_a_pause(session: Session) -> None:
    user = make_user(session)
    signed = service.open_sign_in(session, user, device="test")
    session.flush()
    with clock.shifted(LATER):
        for _ in range(PEOPLE.failed_per_user):
            said = service.prove(session, user, signed.sign_in, password="wrong", address="192.0.2.1")
            assert said is None
            session.flush()
        with pytest.raises(TooMany):
            service.prove(session, user, signed.sign_in, password=PASSWORD, address="192.0.2.1")


def test_a_form_leads_to_the_page_that_asks_and_back(
    app: Application, session: Session, pages: Pages
) -> None:
    finance = make_user(session, roles=[Role.FINANCE])
    pages.enter(finance)
    with clock.shifted(LATER):
        sent = pages.post("payout_runs.prepare")
        assert (sent.status, sent.location) == (303, "/prove?next=/staff/payouts")
        asked = pages.get(sent.location)
        assert "Enter your password" in asked.text
        wrong = pages.post("/prove", {"password": "wrong", "next": "/staff/payouts"})
        assert wrong.status == 422
        assert "not your password" in wrong.errors()
        right = pages.post("/prove", {"password": PASSWORD, "next": "/staff/payouts"})
        assert (right.status, right.location) == (303, "/staff/payouts")
        assert pages.post("payout_runs.prepare").status == 409  # nobody to pay, but asked no more


def test_nobody_is_led_away_from_the_product(session: Session, pages: Pages) -> None:
    pages.enter(make_user(session, roles=[Role.EXPERT]))
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        assert "evil" not in pages.post("/prove", {"password": PASSWORD, "next": elsewhere}).location
