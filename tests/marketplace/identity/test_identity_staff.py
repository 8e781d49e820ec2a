"""People, as admins see them."""

import pytest
from sqlalchemy.orm import Session

from marketplace.identity import queries
from marketplace.identity.models import Role
from marketplace.kit import ids
from marketplace.kit.application import Application
from tests.factories.identity import make_user, order_ids
from tests.pages import Pages


@pytest.fixture
def admin(pages: Pages, session: Session) -> Pages:
    return pages.enter(make_user(session, roles=[Role.ADMIN], name="Admin Example"), acting="admin")


@pytest.mark.parametrize("role", ["expert", "reviewer", "member", "support", "ops", "finance"])
def test_only_admins_come_in(pages: Pages, session: Session, role: str) -> None:
    user = make_user(session, roles=[role])
    pages.enter(user)
    for path in ("/staff/people", f"/staff/people/{user.id}", "/staff/audit"):
        assert pages.get(path).status == 403
    assert pages.post("people.grant", {"role": "admin"}, user_id=user.id).status == 403
    assert pages.post("people.revoke", user_id=user.id, name=role).status == 403
    assert pages.post("people.end_sign_ins", user_id=user.id).status == 403
    assert queries.roles_of(session, user.id) == {role}


def test_somebody_is_found_by_e_mail(admin: Pages, session: Session) -> None:
    user = make_user(session, email="ada@example.org", name="Ada <b>Lovelace</b>", roles=[Role.EXPERT])
    make_user(session, name="Grace Hopper")
    page = admin.get("people.index", q=" ADA@example ")
    assert "Ada <b>Lovelace</b>" in page.text
    assert "Grace" not in page.text
    assert f"/staff/people/{user.id}" in page.answer.text
    assert "Nobody is called that" in admin.get("people.index", q="xyz").text


def test_the_list_is_paged(admin: Pages, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    order_ids(monkeypatch)
    users = [make_user(session, name=f"Person {number:02}") for number in range(30)]
    page = admin.get("people.index", q="Person")
    assert "Person 29" in page.text
    assert "Person 04" not in page.text
    (following,) = [link.get("href") for link in page.all("a") if link.get("rel") == "next"]
    assert "Person 04" in admin.get(following).text
    assert len(users) == 30
    assert admin.get("people.index", after="nonsense").status == 404


def test_a_role_is_given_and_taken(admin: Pages, session: Session) -> None:
    user = make_user(session)
    page = admin.post("people.grant", {"role": "reviewer"}, user_id=user.id)
    assert (page.status, page.location) == (303, f"/staff/people/{user.id}")
    assert admin.post("people.grant", {"role": "reviewer"}, user_id=user.id).status == 303  # a second click
    offered = [option.get("value") for option in admin.get(page.location).all("option")]
    assert "reviewer" not in offered
    assert "ops" in offered
    assert queries.roles_of(session, user.id) == {"reviewer"}
    assert "Take away" in admin.get(page.location).text
    assert admin.post("people.revoke", user_id=user.id, name="reviewer").status == 303
    assert queries.roles_of(session, user.id) == frozenset()
    log = admin.get("audit.index", about=user.id).text
    assert "identity:role:granted" in log
    assert "identity:role:revoked" in log
    assert "Admin Example" in log


@pytest.mark.parametrize("role", ["", "king"])
def test_an_unknown_role_is_said_at_the_field(admin: Pages, session: Session, role: str) -> None:
    user = make_user(session)
    page = admin.post("people.grant", {"role": role}, user_id=user.id)
    assert page.status == 422
    assert "Choose" in page.errors()
    assert admin.post(f"/staff/people/{user.id}/roles/king/revoke").status == 404


def test_an_unknown_person_is_not_found(admin: Pages) -> None:
    nobody = ids.new_id()
    assert admin.get("people.person", user_id=nobody).status == 404
    assert admin.post("people.grant", {"role": "ops"}, user_id=nobody).status == 404


def test_an_admin_cannot_lock_themselves_out(admin: Pages, session: Session) -> None:
    (me,) = queries.users_with_role(session, Role.ADMIN)
    page = admin.post("people.revoke", user_id=me.id, name="admin")
    assert page.status == 409
    assert "another admin" in page.text


def test_somebody_is_logged_out_everywhere(app: Application, admin: Pages, session: Session) -> None:
    user = make_user(session)
    theirs = Pages(app, session).enter(user)
    assert "test" in admin.get("people.person", user_id=user.id).text
    assert admin.post("people.end_sign_ins", user_id=user.id).status == 303
    assert theirs.get("identity.settings").status == 303
    assert "No browser at the moment" in admin.get("people.person", user_id=user.id).text
