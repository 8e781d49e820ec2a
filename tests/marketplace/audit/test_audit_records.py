"""Who did what, written once and for all."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from marketplace.audit import queries, service
from marketplace.audit.models import AuditRecord
from marketplace.identity.models import Role
from marketplace.kit import ids
from tests.factories.identity import make_user, order_ids
from tests.pages import Pages


def test_a_record_says_who_what_when(session: Session) -> None:
    actor, subject, other = ids.new_id(), ids.new_id(), ids.new_id()
    written = service.record(
        session, "ledger:transaction:posted", actor_id=actor, subject_type="ledger", subject_id=subject,
        amount_minor=1250, project_id=other,
    )  # fmt: skip
    session.flush()
    session.expire_all()
    (found,) = queries.of_subject(session, "ledger", subject)
    assert found.id == written.id
    assert (found.tag, found.actor_id, found.at.tzinfo is not None) == (
        "ledger:transaction:posted",
        actor,
        True,
    )
    assert found.detail == {"amount_minor": 1250, "project_id": str(other)}
    assert queries.of_subject(session, "ledger", other) == []
    assert queries.of_subject(session, "project", subject) == []


@pytest.mark.parametrize("tag", ["", "one", "one:two", "One:two:three", "a:b:c:d", "a b:c:d", "a:b:c\n"])
def test_a_tag_has_three_parts(session: Session, tag: str) -> None:
    with pytest.raises(ValueError, match="source:subject:action"):
        service.record(session, tag, actor_id=None, subject_type="x", subject_id=ids.new_id())


@pytest.mark.parametrize(
    "statement",
    [sa.update(AuditRecord).values(tag="a:b:c"), sa.delete(AuditRecord)],
    ids=["update", "delete"],
)
def test_the_database_refuses_to_change_or_delete_one(session: Session, statement: sa.Update) -> None:
    service.record(session, "a:b:done", actor_id=None, subject_type="x", subject_id=ids.new_id())
    session.flush()
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(statement)
    assert session.scalars(sa.select(AuditRecord.tag)).all() == ["a:b:done"]


def test_the_log_shows_and_filters(pages: Pages, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    order_ids(monkeypatch)
    admin = make_user(session, roles=[Role.ADMIN], name="Admin Example")
    subject = ids.new_id()
    service.record(
        session, "a:b:first", actor_id=None, subject_type="thing", subject_id=subject, note="<script>"
    )
    service.record(session, "a:b:second", actor_id=admin.id, subject_type="thing", subject_id=ids.new_id())
    pages.enter(admin)
    page = pages.get("audit.index")
    assert page.text.index("a:b:second") < page.text.index("a:b:first")
    assert "the system" in page.text
    assert "note: <script>" in page.text
    about_thing = pages.get("audit.index", about=subject)
    assert "a:b:first" in about_thing.text
    assert "a:b:second" not in about_thing.text
    assert "a:b:second" in pages.get("audit.index", about=admin.id).text
    assert "No records" in pages.get("audit.index", about="nonsense").text
    assert pages.get("audit.index", after="nonsense").status == 404


def test_the_log_is_paged(pages: Pages, session: Session) -> None:
    for _ in range(30):
        service.record(session, "a:b:act", actor_id=None, subject_type="t", subject_id=ids.new_id())
    pages.enter(make_user(session, roles=[Role.ADMIN]))
    page = pages.get("audit.index")
    (following,) = [link.get("href") for link in page.all("a") if link.get("rel") == "next"]
    rows = [row for row in pages.get(following).all("tr") if row.get("role") == "row"]
    assert len(rows) == 5 + 1
