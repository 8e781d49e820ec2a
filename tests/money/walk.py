"""Every event at least once, in an order that leaves none out: what chance may miss, this does not."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.money.base import MoneyMachine
from tests.money.provider import CALLS
from tests.money.verb_events import APPEALS
from workspace.reviews.models import Verdict

Step = tuple[str, Mapping[str, Any]]

COMPANY: tuple[Step, ...] = (
    ("card_deposit", {"pick": 4, "minor": 90_000, "fee": 290}),  # paid on another page as well
    ("card_deposit", {"pick": 1, "minor": 80_000, "fee": 0}),
    ("bank_debit", {"pick": 1, "minor": 70_001}),
    ("bank_debit_ends", {"pick": 0, "well": True}),
    ("bank_debit_ends", {"pick": 0, "well": False}),
    ("invoice", {"pick": 0, "minor": 61_000}),
    ("invoice_ends", {"pick": 0, "how": "bounced", "fee": 0}),
    ("invoice_ends", {"pick": 0, "how": "paid", "fee": 177}),
    ("invoice", {"pick": 1, "minor": 41_000}),
    ("invoice_ends", {"pick": 0, "how": "void", "fee": 0}),
    ("invoice", {"pick": 1, "minor": 51_000}),
    ("invoice_ends", {"pick": 0, "how": "paid_while_voided", "fee": 12}),
    ("recorded", {"pick": 0, "minor": 250_000, "well": 1}),
    ("recorded", {"pick": 1, "minor": 250_000, "well": 0}),
    *(("provider_tells", {"pick": pick, "minor": 4_001}) for pick in range(5)),
    ("dispute_ends", {"pick": 0, "won": True, "fee_back": True}),
    ("dispute", {"pick": 0, "share": 1}),
    ("dispute_ends", {"pick": 0, "won": False, "fee_back": False}),
    ("dispute", {"pick": 3, "share": 1}),
    ("fund", {"pick": 0, "minor": 2_000}),
    ("fund", {"pick": 0, "minor": 900_000_000}),
    ("ask_refund", {"pick": 0, "minor": 900_000_000}),
    *(("ask_refund", {"pick": pick, "minor": minor}) for pick in (0, 1) for minor in (1_200, 50_001)),
    *(("decide_refund", {"pick": 0, "how": how}) for how in ("approved", "declined", "cancelled")),
    *(
        ("send_refund", {"pick": 0, "how": how, "hides": how == "lost"})
        for how in ("lost", "refused", "down")
    ),
    ("refund_comes_back", {"pick": 0}),
)
WORK: tuple[Step, ...] = (
    *(("claim", {"pick": pick, "hourly": 13_000, "minutes": 20}) for pick in range(10)),
    ("verdict", {"pick": 0, "ask": True}),
    *(("verdict", {"pick": 0, "ask": False}) for _ in range(6)),
    *(
        ("rejection_ends", {"pick": 0, "share": share, "judged": judged, "other": 0})
        for share, judged in ((0, False), (50, True), (100, True), (0, True), (100, False))
    ),
    ("overturn", {"pick": 0}),
    *(("promise", {"pick": pick, "minor": 2_501, "places": 2}) for pick in range(3)),
    *(("promise_met", {"pick": 0}) for _ in range(3)),
    ("promise_over", {"pick": 0}),
    ("promise", {"pick": 0, "minor": 900_000_000, "places": 4}),
    ("approve", {"pick": 0, "by_person": True, "other": 1}),
    ("approve", {"pick": 0, "by_person": False, "other": 0}),
    ("stop", {"pick": 1, "seconds": 601, "other": 0}),
    ("release", {"pick": 0, "other": 0}),
    ("cancel", {"pick": 0, "seconds": 601, "other": 1}),
    ("claim", {"pick": 0, "hourly": 13_000, "minutes": 20}),
    ("cancel", {"pick": 0, "seconds": 0, "other": 0}),
    *(
        ("screening", {"pick": 0, "pay": 4_334, "by_person": person, "other": other})
        for person in (True, False)
        for other in range(6)
    ),
)
BY_HAND: tuple[Step, ...] = (
    ("approve", {"pick": 0, "by_person": True, "other": 0}),
    ("approve", {"pick": 0, "by_person": False, "other": 0}),
    ("clawback", {"pick": 1}),
    ("decide_clawback", {"pick": 0, "how": "approved"}),
    ("clawback", {"pick": 1}),
    ("decide_clawback", {"pick": 0, "how": "refused"}),
    ("clawback", {"pick": 0}),
    *(("bonus", {"pick": pick, "minor": 20_001}) for pick in range(5)),
    *(("goodwill", {"pick": pick, "minor": 3_001, "how": "approved"}) for pick in range(5)),
    ("goodwill", {"pick": 0, "minor": 3_001, "how": "refused"}),
    *(
        ("correction", {"pick": place, "place": place, "minor": 1_501, "adds": adds, "how": "approved"})
        for place in range(8)
        for adds in (True, False)
    ),
    ("correction", {"pick": 0, "place": 0, "minor": 900_000_000, "adds": False, "how": "approved"}),
    ("correction", {"pick": 0, "place": 3, "minor": 5, "adds": True, "how": "withdrawn"}),
    ("release_hold", {"pick": 0}),
    ("days_pass", {}),
    ("decide_clawback", {"pick": 0, "how": "withdrawn"}),
    ("clawback", {"pick": 0}),
    ("clawbacks_lapse", {}),
)
PAYOUTS: tuple[Step, ...] = (
    ("ask_payout", {"pick": 0, "how": "taken_back"}),
    ("ask_payout", {"pick": 0, "how": "cancelled"}),
    ("ask_payout", {"pick": 0, "how": "approved"}),
    ("prepare", {}),
    ("approve_or_cancel", {"pick": 0, "well": 0}),
    ("prepare", {}),
    ("approve_or_cancel", {"pick": 0, "well": 1}),
    ("bank_file", {"pick": 0}),
    ("bank_file", {"pick": 0}),
    *(
        ("bank_statement", {"pick": 0, "how": how})
        for how in ("paid", "paid_and_back", "not_taken", "line_after_all")
    ),
    ("bank_sends_back", {"pick": 0}),
    ("send_well", {"pick": 0}),
    *(("send_somehow", {"pick": 0, "how": how, "hides": how == "lost"}) for how in CALLS[1:]),
    *(("withholding", {"pick": 0, "how": how}) for how in ("withdraw", "refuse", "approve", "approve")),
    *(("withholding", {"pick": pick, "how": "approve"}) for pick in range(5)),
    *(("our_mistake", {"pick": 0, "how": how}) for how in ("withdrawn", "refused", "short", "lost")),
    *(("bonus", {"pick": pick, "minor": 20_001}) for pick in range(5)),
    ("days_pass", {}),
    ("prepare", {}),
    ("approve_or_cancel", {"pick": 0, "well": 1}),
    *(("send_well", {"pick": 0}) for _ in range(3)),
    *(("our_mistake", {"pick": 0, "how": how}) for how in ("accepted", "down", "later")),
    *(("bonus", {"pick": pick, "minor": 20_003}) for pick in range(5)),
    ("days_pass", {}),
    ("prepare", {}),
    ("approve_or_cancel", {"pick": 0, "well": 0}),
    ("prepare", {}),
    ("approve_or_cancel", {"pick": 0, "well": 1}),
    *(("send_well", {"pick": 0}) for _ in range(3)),
    ("remittance", {"well": False}),
    ("remittance", {"well": True}),
    *(
        ("our_mistake", {"pick": pick, "how": "accepted"}) for pick in (-1, -1, -1)
    ),  # the house gives tax back
    ("claim", {"pick": 2, "hourly": 13_000, "minutes": 20}),
    ("verdict", {"pick": -1, "ask": False}),
    ("rejection_ends", {"pick": -1, "share": 0, "judged": False, "other": 0}),
    ("defund", {}),
    ("overturn", {"pick": -1}),  # its budget has gone back: the house pays
)


POSTINGS = (*COMPANY, *WORK, *BY_HAND, *PAYOUTS)
VERBS: tuple[Step, ...] = (
    *(("claim", {"pick": pick}) for pick in range(3)),
    ("claim", {"pick": 0}),
    ("leave_or_submit", {"pick": 0, "how": "release"}),
    ("leave_or_submit", {"pick": 0, "how": "expire"}),
    ("leave_or_submit", {"pick": 0, "how": "submit"}),
    ("judge", {"verdict": Verdict.APPROVE}),
    *(
        step
        for verdict in (Verdict.ASK_FOR_CHANGES, Verdict.REJECT)
        for step in (
            ("claim", {"pick": 0}),
            ("leave_or_submit", {"pick": 0, "how": "submit"}),
            ("judge", {"verdict": verdict}),
        )
    ),
    ("resubmit", {}),
    ("nobody_appeals", {}),
    *(
        step
        for how in APPEALS
        for step in (
            ("claim", {"pick": 0}),
            ("leave_or_submit", {"pick": 0, "how": "submit"}),
            ("judge", {"verdict": Verdict.REJECT}),
            ("appeal", {"how": how}),
        )
    ),
    ("nobody_judges", {}),
    ("give_bonus", {"pick": 0, "minor": 3_334}),
    *(
        step
        for _ in range(7)
        for step in (("claim", {"pick": 1}), ("leave_or_submit", {"pick": 0, "how": "submit"}))
    ),
    ("claim", {"pick": 2}),
    ("give_bonus", {"pick": 1, "minor": 50_000}),
)


def walk(machine: MoneyMachine, steps: tuple[Step, ...]) -> Iterator[str]:
    """Make every step; the names of the rules that were walked."""
    for name, words in steps:
        getattr(machine, name)(**words)
        yield name
