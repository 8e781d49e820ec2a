"""The letters, and the links in them."""

import time

import pytest
import structlog
from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.gateways.mail.protocol import Mail, MailDown, MailRefused
from marketplace.identity import service
from marketplace.identity.models import Role, UserState
from marketplace.identity.service import mailing
from marketplace.identity.service.recovery import reset_mark
from marketplace.kit import ids
from marketplace.kit.application import Application
from marketplace.kit.errors import Gone
from marketplace.kit.letters import Letter
from marketplace.kit.signing import Signer
from tests.factories.identity import letters_to, link_in, make_user, text_of

SIGNER = Signer("k" * 32)


def token_of(link: str) -> str:
    return link.rpartition("/")[2]


def test_the_confirmation_carries_a_link_for_its_user(app: Application, session: Session) -> None:
    user = make_user(session, confirmed=False, name="Ada <Lovelace>")
    service.resend_confirmation(session, user)
    session.flush()
    (letter,) = letters_to(app, user.email)
    assert letter["Subject"] == "Confirm your e-mail address"
    assert "Ada <Lovelace>" in text_of(letter)
    html = letter.get_body(("html",))
    assert html is not None
    assert "Ada &lt;Lovelace&gt;" in html.get_content()
    signer = app.extensions["assay"][Signer]
    assert service.read_confirmation(session, signer, token_of(link_in(letter, "/confirm/"))) is user


def test_no_letter_once_it_is_confirmed_or_closed(app: Application, session: Session) -> None:
    user, gone = make_user(session, confirmed=False), make_user(session, confirmed=False)
    for each in (user, gone):
        service.resend_confirmation(session, each)
    service.confirm_email(session, user)
    gone.state = UserState.CLOSED
    session.flush()
    assert letters_to(app, user.email) == letters_to(app, gone.email) == []


def test_the_owner_reads_that_somebody_tried(app: Application, session: Session) -> None:
    user = make_user(session)
    service.join(
        session,
        name="Eve",
        email=user.email,
        password="another long password",
        role=Role.EXPERT,
        form_key=ids.new_id(),
        arrival=service.Arrival(""),
    )
    session.flush()
    (letter,) = letters_to(app, user.email)
    assert letter["Subject"] == "You already have a login at Assay"
    assert link_in(letter, "/login") == "/login"


def test_a_reset_for_an_unknown_address_sends_nothing(app: Application, session: Session) -> None:
    service.request_reset(session, "unknown@example.org")
    session.flush()
    assert letters_to(app, "unknown@example.org") == []


def test_a_reset_link_works_until_the_password_changes(app: Application, session: Session) -> None:
    user = make_user(session)
    service.request_reset(session, user.email)
    session.flush()
    (letter,) = letters_to(app, user.email)
    token, signer = token_of(link_in(letter, "/reset/")), app.extensions["assay"][Signer]
    assert service.read_reset(session, signer, token, hold=True) is user
    assert service.read_reset(session, signer, token, hold=False) is user
    service.reset_password(session, user, "lantern orbit wombat")
    with pytest.raises(Gone):
        service.read_reset(session, signer, token, hold=True)


def test_links_end(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_user(session)
    confirm = SIGNER.sign(mailing.CONFIRM, [str(user.id), user.email])
    reset = SIGNER.sign(mailing.RESET, [str(user.id), reset_mark(user)])
    real = time.time()
    monkeypatch.setattr(time, "time", lambda: real + PEOPLE.reset_minutes * 60 + 2)
    with pytest.raises(Gone):
        service.read_reset(session, SIGNER, reset, hold=False)
    assert service.read_confirmation(session, SIGNER, confirm) is user
    monkeypatch.setattr(time, "time", lambda: real + PEOPLE.confirm_hours * 3600 + 2)
    with pytest.raises(Gone):
        service.read_confirmation(session, SIGNER, confirm)


def test_a_link_of_one_kind_is_worthless_for_the_other(session: Session) -> None:
    user = make_user(session)
    values = [str(user.id), reset_mark(user)]
    for read, purpose in ((service.read_confirmation, mailing.RESET),):
        with pytest.raises(Gone):
            read(session, SIGNER, SIGNER.sign(purpose, values))
    with pytest.raises(Gone):
        service.read_reset(session, SIGNER, SIGNER.sign(mailing.CONFIRM, values), hold=False)


def test_a_confirmation_of_an_old_address_or_a_closed_user_is_gone(session: Session) -> None:
    user = make_user(session)
    with pytest.raises(Gone):
        service.read_confirmation(session, SIGNER, SIGNER.sign(mailing.CONFIRM, [str(user.id), "old@x.org"]))
    user.state = UserState.CLOSED
    for token, read in (
        (SIGNER.sign(mailing.CONFIRM, [str(user.id), user.email]), service.read_confirmation),
        (SIGNER.sign(mailing.RESET, [str(user.id), reset_mark(user)]), _read_reset),
    ):
        with pytest.raises(Gone):
            read(session, SIGNER, token)


def _read_reset(session: Session, signer: Signer, token: str) -> object:
    return service.read_reset(session, signer, token, hold=False)


class Refusing:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def send(self, mail: Mail) -> None:
        raise self.error


def test_a_receiver_that_does_not_exist_is_noted_and_a_dead_server_is_tried_again() -> None:
    letter = Letter("Subject", "text", "<p>html</p>")
    with structlog.testing.capture_logs() as logs:
        mailing.deliver(Refusing(MailRefused("550")), letter, to="a@example.org", reference="x")
        mailing.deliver(Refusing(MailRefused("550")), letter, to="not an address", reference="y")
    assert [(log["event"], log["error"]) for log in logs] == [
        ("mail_not_deliverable", "MailRefused"),
        ("mail_not_deliverable", "BadMail"),
    ]
    assert "a@example.org" not in str(logs)
    with pytest.raises(MailDown):
        mailing.deliver(Refusing(MailDown("later")), letter, to="a@example.org", reference="x")
