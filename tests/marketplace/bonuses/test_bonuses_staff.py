"""Finance reads every bonus, and finds from each to its entries and back."""

from sqlalchemy.orm import Session

from marketplace.identity.models import Role
from marketplace.kit import ids
from marketplace.ledger.models import LedgerTransaction
from tests.factories.bonuses import WHY, give_bonus, make_bonus
from tests.factories.experts import make_expert
from tests.factories.identity import make_user
from tests.factories.projects import make_owner, make_project
from tests.factories.queue import engaged
from tests.pages import Pages


def test_every_bonus_is_found_from_its_entry_and_back(pages: Pages, session: Session) -> None:
    project, expert = make_project(session), make_expert(session)
    engaged(session, expert, project)
    rule, given = make_bonus(session, project), give_bonus(session, project, expert)
    give_bonus(session, project, expert, reason="Another one of the same day")
    pages.enter(make_user(session, roles=[Role.FINANCE]))
    for ref, name, said in (
        (rule.id, "bonus_books.index", "$60.00"),
        (given.id, "bonus_books.given", WHY),
    ):
        entry = session.query(LedgerTransaction).filter_by(ref_id=ref).one()
        links = [one.get("href") for one in pages.get("ledger.transaction", transaction_id=entry.id).all("a")]
        there = next(link for link in links if link and "only=" in link)
        assert there.endswith(f"?only={ref}")
        page = pages.get(name, only=str(ref))
        assert ids.code("B", ref) in page.text
        assert said in page.text
        assert "Another one" not in page.text
        assert f"/staff/ledger/find?q={ref}" in [one.get("href") for one in page.all("a")]
    assert "Another one of the same day" in pages.get("bonus_books.given").text
    assert pages.get("bonus_books.given", only="x").status == 404
    assert "No bonus was given" in pages.get("bonus_books.given", only=str(rule.id)).text


def test_nobody_else_reads_them(pages: Pages, session: Session) -> None:
    pages.enter(make_owner(session, make_project(session).company))
    for name in ("bonus_books.index", "bonus_books.given"):
        assert pages.get(name).status == 403
