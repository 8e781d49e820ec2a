"""Agreeing class by class, versioned, taken back at once; and the page of the pause."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from config.content import CLASSES, NEVER, SUPPORT
from marketplace.audit.models import AuditRecord
from marketplace.care import queries, service
from marketplace.care.models import ContentChoice
from marketplace.identity.models import Role, User
from marketplace.kit import clock
from marketplace.kit.errors import Invalid
from tests.factories.care import agree, make_exposure
from tests.factories.identity import make_user
from tests.pages import Pages


def tags(session: Session, user: User) -> list[str]:
    session.flush()
    found = session.query(AuditRecord).filter_by(actor_id=user.id).order_by(AuditRecord.id)
    return [record.tag for record in found if record.tag.startswith("person:content")]


def test_nobody_has_agreed_to_anything(session: Session) -> None:
    assert queries.opted_in(session, make_user(session).id) == frozenset()


def test_agreeing_and_taking_back_hold_at_once_and_leave_records(session: Session) -> None:
    user = make_user(session)
    agree(session, user, "hate", "violence")
    agree(session, user, "hate", "violence")
    assert queries.opted_in(session, user.id) == {"hate", "violence"}
    agree(session, user, "violence")
    assert queries.opted_in(session, user.id) == {"violence"}
    agree(session, user, "violence", "hate")
    assert queries.opted_in(session, user.id) == {"hate", "violence"}
    assert tags(session, user) == ["person:content:agree"] * 2 + [
        "person:content:take_back",
        "person:content:agree",
    ]


def test_another_text_is_asked_about_anew(session: Session) -> None:
    user = make_user(session)
    agree(session, user, "hate")
    session.query(ContentChoice).filter_by(user_id=user.id).update({"text_version": 0})
    assert queries.opted_in(session, user.id) == frozenset()
    agree(session, user, "hate")
    assert queries.opted_in(session, user.id) == {"hate"}


def test_unknown_classes_are_refused(session: Session) -> None:
    with pytest.raises(Invalid):
        service.choose(session, make_user(session), ["minors"])


def test_time_is_joined_while_it_goes_on(session: Session) -> None:
    user, half = make_user(session), timedelta(seconds=30)
    service.expose(session, user.id)
    session.flush()
    with clock.shifted(timedelta(seconds=30)):
        service.expose(session, user.id)
        session.flush()
        assert half <= service.standing(session, user.id).today < 2 * half
    with clock.shifted(timedelta(minutes=5)):
        service.expose(session, user.id)
        session.flush()
        assert half <= service.standing(session, user.id).today < 2 * half


@pytest.mark.parametrize("role", [Role.EXPERT, Role.REVIEWER, Role.MEMBER, Role.OPS])
def test_everybody_chooses_on_the_same_page(pages: Pages, session: Session, role: Role) -> None:
    user = make_user(session, roles=[role])
    pages.enter(user)
    page = pages.get("care.content")
    assert all(one.text in page.text for one in CLASSES.values())
    assert SUPPORT in page.text
    pages.post("care.choose_content", {"classes": ["hate", "abuse"]})
    assert queries.opted_in(session, user.id) == {"hate", "abuse"}
    pages.post("care.choose_content", {})
    assert queries.opted_in(session, user.id) == frozenset()


def test_a_class_we_do_not_know_is_said_at_the_field(pages: Pages, session: Session) -> None:
    pages.enter(make_user(session, roles=[Role.EXPERT]))
    page = pages.post("care.choose_content", {"classes": ["minors"]})
    assert page.status == 422
    assert "Choose" in page.errors()


def test_the_pause_says_until_when_and_what_is_kept(pages: Pages, session: Session) -> None:
    user = make_user(session, roles=[Role.EXPERT])
    pages.enter(user)
    assert "No pause is due" in pages.get("care.pause").text
    make_exposure(session, user, 26)
    page = pages.get("care.pause")
    assert "goes on at" in page.text
    assert "your draft" in page.text
    assert "never counted against you" in page.text


def test_minors_are_never_on_the_list() -> None:
    assert "minors" not in CLASSES
    assert "can never be declared" in NEVER
