"""Where finance finds refunds: what waits, what is under way, what has ended, and one by its entry."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.billing import queries
from marketplace.billing.models import Refund, RefundState
from marketplace.billing.queries import refunds as refund_queries
from marketplace.companies.models import Member
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.ledger import queries as ledger
from tests.marketplace.billing.test_refund_pages import REASON, STAFF, asked
from tests.pages import Page, Pages
from tests.workspace.queue.test_queue_plans import dialect, plan


def moved(session: Session, payer: Member, state: RefundState, **known: Any) -> Any:
    """The id of a refund in this state."""
    refund = session.get_one(Refund, asked(session, payer, 1_000))
    for name, value in known.items():
        setattr(refund, name, value)
    refund.state = state
    session.flush()
    return refund.id


def rows(page: Page) -> list[str]:
    """The codes at the head of the rows, in their order."""
    return [(node.text or "").strip() for node in page.all("th") if node.get("role") == "rowheader"]


def test_finished_refunds_have_a_place(session: Session, pages: Pages, payer: Member, finance: User) -> None:
    names = (payer.user.name, finance.name)
    sent = moved(session, payer, RefundState.SENT, sent_at=clock.now())
    paid = moved(session, payer, RefundState.PAID, external_id="re_1")
    came = moved(
        session, payer, RefundState.ARRIVED, external_id="re_2", approved_by=finance, ended_at=clock.now()
    )
    failed = moved(
        session, payer, RefundState.FAILED, reason="charge_already_refunded", alarm="re_9 was accepted too"
    )
    declined = moved(session, payer, RefundState.DECLINED, reason=REASON)
    waiting = asked(session, payer)
    staff = pages.enter(finance, "finance")
    page = staff.get(STAFF)
    assert ids.code("R", waiting) in page.text
    assert ids.code("R", came) not in page.text
    assert "re_9 was accepted too" in page.text
    under_way, ended = staff.get(STAFF + "?show=way"), staff.get(STAFF + "?show=ended")
    assert rows(under_way) == [ids.code("R", one) for one in (paid, sent)]
    assert rows(ended) == [ids.code("R", one) for one in (declined, failed, came)]
    for text in (
        *names,
        "Arrived",
        "re_2",
        "$10.00",
        REASON,
        "charge_already_refunded",
        "re_9 was accepted",
    ):
        assert text in ended.text, text
    assert "By itself" in under_way.text
    assert staff.get(STAFF + "?show=all").status == 404


def test_an_entry_leads_to_its_refund(session: Session, pages: Pages, payer: Member, finance: User) -> None:
    done, waiting = moved(session, payer, RefundState.CANCELLED), asked(session, payer)
    [entry] = ledger.with_cause(session, "refund", done)
    staff = pages.enter(finance, "finance")
    there = f"{STAFF}?only={done}"
    for page in (
        staff.get("ledger.transaction", transaction_id=entry.id),
        staff.get("ledger.find", q=ids.code("R", done)),
    ):
        assert there in [link.get("href") for link in page.all("a")]
    page = staff.get(there)
    assert rows(page) == [ids.code("R", done)]
    assert "Left by the company" in page.text
    assert "No refund waits" not in page.text
    assert "Let it go" in staff.get(f"{STAFF}?only={waiting}").text
    assert "There is no such refund" in staff.get(f"{STAFF}?only={ids.new_id()}").text
    assert staff.get(STAFF + "?only=x").status == 404


def test_ended_refunds_are_read_along_the_key(
    session: Session, monkeypatch: pytest.MonkeyPatch, payer: Member
) -> None:
    """Nearly all are ended: neither read whole nor sorted, however many there are."""
    asked_for: list[Any] = []
    monkeypatch.setattr(
        refund_queries,
        "page",
        lambda _, statement, keys, **__: asked_for.append(statement.order_by(keys[0].desc())),
    )
    queries.ended(session, None)
    if dialect(session) == "postgresql":
        for way in ("seqscan", "bitmapscan", "sort"):
            session.execute(sa.text(f"SET LOCAL enable_{way} = off"))
    said = plan(session, asked_for[0].limit(26))
    assert "TEMP B-TREE" not in said
    assert "Sort" not in said
    assert "refunds" in said


@pytest.mark.parametrize("show", ["way", "ended"])
def test_lists_cost_the_same_however_long(
    pages: Pages,
    payer: Member,
    finance: User,
    statements: Callable[[], int],
    show: str,
) -> None:
    """Five refunds need the statements that one needs."""
    session = pages.session
    assert session is not None
    state = {"way": RefundState.APPROVED, "ended": RefundState.CANCELLED}[show]
    moved(session, payer, state)
    staff = pages.enter(finance, "finance")
    counted = []
    for _ in range(2):
        staff.get(f"{STAFF}?show={show}")
        statements()
        page = staff.get(f"{STAFF}?show={show}")
        counted.append(statements())
        for _ in range(4):
            moved(session, payer, state)
    assert len(rows(page)) == 5
    assert counted[0] == counted[1]
