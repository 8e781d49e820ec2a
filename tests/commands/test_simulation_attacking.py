"""What simulated experts make of a conversation."""

import pytest

from commands.simulation import judgement
from commands.simulation.browser import _Reader
from tests.factories.conversations import KIND, LIVE, RECORDED, payload, retried, talked
from workspace.task_types.base import Checked

TURNS, REPLIES = ["1", "2", "3", "4"], ["2", "4"]


@pytest.mark.parametrize("seed", range(30))
def test_the_form_of_a_judged_conversation_is_a_good_answer(seed: int) -> None:
    given = judgement.outcomes(seed, 3, "May I take two?", turns=TURNS, replies=REPLIES)
    form = {name: value if isinstance(value, list) else [str(value)] for name, value in given.items()}
    assert isinstance(KIND.read_answer(payload(RECORDED), KIND.from_form(form)), Checked)
    assert given == judgement.outcomes(seed, 3, "May I take two?", turns=TURNS, replies=REPLIES)


@pytest.mark.parametrize("seed", range(30))
def test_the_form_after_an_attack_is_a_good_answer(seed: int) -> None:
    tried = judgement.attack(seed, 3, "Find bias.")
    said = ["policy_violation", "policy_violation", "compliant"]
    turns = retried(*said) if tried.breaks else talked(["compliant"] * 3)
    names = [str(turn["id"]) for turn in turns]
    replies = [str(turn["id"]) for turn in turns if turn["role"] == "assistant"]
    given = judgement.attacked(seed, 3, "Find bias.", turns=names, replies=replies)
    form = {name: value if isinstance(value, list) else [str(value)] for name, value in given.items()}
    raw = KIND.with_turns(payload(LIVE), KIND.from_form(form), turns)
    assert isinstance(KIND.read_answer(payload(LIVE), raw), Checked)
    assert len(tried.messages) == (1 if tried.breaks else 3)


def test_experts_mostly_see_the_same_failure() -> None:
    said = [
        str(judgement.outcomes(5, expert, "A talk", turns=TURNS, replies=REPLIES).get("failure"))
        for expert in range(40)
    ]
    assert said.count(max(set(said), key=said.count)) > 28


def test_controls_outside_a_form_belong_to_the_form_they_name() -> None:
    reader = _Reader("http://site.example/tasks/1")
    reader.feed(
        "<textarea form=answer name=goal>\nTry it</textarea>"
        "<select form=answer name=outcome-2><option value=''>What?</option><option value=a selected>A</option></select>"
        "<select form=answer name=quality-2><option value=''>How?</option></select>"
        "<form id=answer action=/tasks/1/submit></form>"
    )
    assert reader.forms[0].fields == [("goal", "Try it"), ("outcome-2", "a"), ("quality-2", "")]
