"""What the worker gives up on: eight tries with growing pauses, then a page, a notice, and once more."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.audit.models import AuditRecord
from marketplace.gateways.stripe.emulator.faults import Fault
from marketplace.identity.models import Role, User
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.notifications.models import Notice
from marketplace.outbox import service
from marketplace.outbox.errors import NotGivenUp
from marketplace.outbox.models import MessageState, OutboxMessage
from marketplace.outbox.service import GIVE_UP_AFTER
from tests.factories.billing import make_deposit, open_page, payments_of, settle
from tests.factories.identity import make_user
from tests.factories.provider_events import event, post, work
from tests.pages import Pages

PAGE = "/staff/messages"


@pytest.fixture
def ops(session: Session) -> User:
    """Somebody in operations."""
    return make_user(session, roles=[Role.OPS])


def poisoned(app: Application, session: Session, *, tries: int = GIVE_UP_AFTER) -> OutboxMessage:
    """A fact about something the provider does not know, after so many tries."""
    post(app, event("checkout.session.completed", "cs_unknown"))
    for number in range(tries):
        with clock.shifted(timedelta(hours=number)):
            work(app, session)
    return session.scalars(select(OutboxMessage).where(OutboxMessage.handler == "stripe.received")).one()


def test_the_pauses_grow_and_the_eighth_try_is_the_last(app: Application, session: Session) -> None:
    pauses = []
    message = poisoned(app, session, tries=1)
    for number in range(1, GIVE_UP_AFTER):
        assert (message.attempts, message.state) == (number, MessageState.DUE)
        pauses.append(message.due_at - clock.now())
        with clock.shifted(timedelta(hours=number)):
            work(app, session)
    assert pauses == sorted(pauses)
    assert (message.attempts, message.state) == (GIVE_UP_AFTER, MessageState.DEAD)


def test_operators_are_told_once_until_they_have_looked(
    app: Application, session: Session, ops: User
) -> None:
    for _ in range(2):
        post(app, event("checkout.session.completed", "cs_unknown"))
    for number in range(GIVE_UP_AFTER):
        with clock.shifted(timedelta(hours=number)):
            work(app, session)
    notices = session.scalars(select(Notice).where(Notice.user_id == ops.id)).all()
    assert [one.path for one in notices] == [PAGE]


def test_the_page_says_what_went_wrong_and_lets_it_be_tried_again(
    app: Application, session: Session, pages: Pages, ops: User
) -> None:
    deposit = settle(app, session, open_page(app, session, make_deposit(session)))
    for _ in range(3 * GIVE_UP_AFTER):  # the client asks twice more by itself
        payments_of(app).emulator.order(Fault.UNREACHABLE, method="GET", path="/v1/checkout/sessions")
    post(app, event("checkout.session.completed", str(deposit.session_id)))
    for number in range(GIVE_UP_AFTER):
        with clock.shifted(timedelta(hours=number)):
            work(app, session)
    pages.enter(ops)
    page = pages.get("messages.index")
    assert str(deposit.session_id) in page.text
    assert "PaymentsDown" in page.text
    message = session.scalars(select(OutboxMessage).where(OutboxMessage.state == MessageState.DEAD)).one()
    assert pages.post("messages.again", message_id=message.id).status == 303
    session.expire_all()
    assert (message.state, message.attempts) == (MessageState.DUE, 0)
    work(app, session)
    assert deposit.settled_at is not None
    assert "Nothing is stuck" in pages.get("messages.index").text
    tags = session.scalars(select(AuditRecord.tag).where(AuditRecord.subject_id == message.id)).all()
    assert list(tags) == ["outbox:message:revived"]


def test_only_what_was_given_up_on_is_revived(app: Application, session: Session, ops: User) -> None:
    message = poisoned(app, session, tries=1)
    with pytest.raises(NotGivenUp):
        service.revive(session, message, by_id=ops.id)


@pytest.mark.parametrize("role", list(Role))
def test_the_page_is_for_operators(session: Session, pages: Pages, role: Any) -> None:
    pages.enter(make_user(session, roles=[role]))
    expected = 200 if role in {Role.OPS, Role.FINANCE, Role.ADMIN} else 403
    assert pages.get("messages.index").status == expected
