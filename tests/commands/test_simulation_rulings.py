"""Simulated reviewers reject for a reason that is on offer, in as many words as the rule asks for."""

import pytest

from commands.simulation import judgement
from workspace.reviews import policy as reviews
from workspace.task_types import registry


@pytest.mark.parametrize("slug", list(registry.ALL))
def test_every_kind_of_work_can_be_rejected(slug: str) -> None:
    code = next(code for code in judgement.REJECTED if code in reviews.reasons_for(slug))
    assert (code == "RNK-1") == (slug == "response_ranking")
    verdicts = [judgement.ruling(7, str(n), first_round=True, reason=code) for n in range(200)]
    assert {ruling.reason_code for ruling in verdicts} == {"", "CLA-1", code}
    assert "CLA-1" in reviews.reasons_for(slug)
    assert all(len(ruling.note.split()) >= 12 for ruling in verdicts if ruling.verdict == "reject")


def test_what_came_back_is_approved() -> None:
    assert {judgement.ruling(7, str(n), first_round=False).verdict for n in range(50)} == {"approve"}
