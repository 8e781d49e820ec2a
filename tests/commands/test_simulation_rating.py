"""What simulated experts make of a rubric."""

import pytest

from commands.simulation import judgement
from workspace.task_types import registry
from workspace.task_types.base import Checked

CRITERIA = ["helpfulness", "correctness", "coherence", "complexity", "verbosity"]


@pytest.mark.parametrize("seed", range(30))
def test_the_form_of_a_rating_is_a_good_answer(seed: int) -> None:
    kind = registry.get("rating")
    payload = kind.read_payload({"prompt": "Why rain?", "response": "Because of clouds."})
    given = judgement.rating(seed, 3, "Why rain?\nBecause of clouds.", CRITERIA)
    form = {name: [str(value)] for name, value in given.items()} | {"criterion": CRITERIA}
    assert isinstance(kind.read_answer(payload, kind.from_form(form)), Checked)
    assert given == judgement.rating(seed, 3, "Why rain?\nBecause of clouds.", CRITERIA)


def test_experts_judge_alike_and_not_the_same() -> None:
    said = [judgement.rating(7, expert, "A text", CRITERIA)["overall"] for expert in range(40)]
    assert 1 < len({*said}) <= 3
