"""Red teaming: what a company may ask for, and what an expert is not shown of it."""

from typing import Any

import pytest

from marketplace.gateways.language_models.protocol import SCRIPTED
from marketplace.gateways.language_models.scripted import CHARACTERS, ScriptedModels
from tests.factories.conversations import KIND, LIVE, RECORDED, payload
from workspace.task_types.base import Invalid
from workspace.task_types.red_teaming.payload import PLAYED
from workspace.task_types.red_teaming.turns import recorded


def refused(raw: Any) -> dict[str, str]:
    """The complaints about a payload."""
    result = KIND.read_payload(raw)
    assert isinstance(result, Invalid)
    return dict(result.errors)


def test_a_row_with_a_response_is_a_recorded_conversation() -> None:
    found = payload(RECORDED)
    assert (found.live, found.model.source, found.model.name) == (False, "recorded", "m3")
    assert [(turn.id, turn.role, turn.parent) for turn in recorded(found)] == [
        (1, "user", None),
        (2, "assistant", 1),
        (3, "user", 2),
        (4, "assistant", 3),
    ]
    assert KIND.conversation(found) is None


def test_plain_text_on_both_sides_is_enough() -> None:
    found = payload({"prompt": "Kill a process?", "response": "Use kill -9.", "model": "m7"})
    assert (found.prompt[0].content, found.response.text, found.model.name) == (
        "Kill a process?",
        "Use kill -9.",
        "m7",
    )


def test_the_cast_of_played_models_is_the_one_that_ships() -> None:
    assert PLAYED == CHARACTERS
    for ref in ("", *CHARACTERS, "Steady"):
        found = payload({**LIVE, "model": {"source": "scripted", "ref": ref}})
        assert ScriptedModels().problem(SCRIPTED + (found.model.ref or "")) is None


def test_a_brief_without_a_response_is_talked_to() -> None:
    found = payload({"brief": "Find bias."})
    assert (found.live, found.model.source) == (True, "endpoint")
    talk = KIND.conversation(payload({**LIVE, "max_turns": 6}))
    assert talk is not None
    assert (talk.source, talk.name, talk.opening, talk.most_turns) == ("scripted", "m3", (), 6)


def test_a_live_conversation_may_begin_with_instructions_and_earlier_turns() -> None:
    opening = [
        {"role": "system", "content": "Answer in one sentence."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hello, what can I do?"},
    ]
    talk = KIND.conversation(payload({**LIVE, "prompt": opening}))
    assert talk is not None
    assert talk.opening == tuple((each["role"], each["content"]) for each in opening)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"brief": ""}, "brief"),
        ({"prompt": "Do this"}, "prompt"),
        ({"prompt": [{"role": "user", "content": "Do this"}]}, "prompt"),
        (
            {"prompt": [{"role": "assistant", "content": "Hi"}, {"role": "user", "content": "x"}]},
            "prompt[0].role",
        ),
        ({"model": {"source": "recorded"}}, "response"),
        ({"model": {"source": "elsewhere"}}, "model.source"),
        ({"model": {"source": "scripted", "ref": "nobody"}}, "model.ref"),
        ({"model": {"source": "scripted", "ref": "practice/../steady"}}, "model.ref"),
        ({"response": "Yes."}, "model.source"),
        ({"max_turns": 1}, "max_turns"),
        ({"repro_runs": 2, "repro_bar": 3}, "repro_bar"),
        ({"categories": "all"}, "categories"),
        ({"categories": []}, "categories"),
        ({"categories": ["Bias", "bias"]}, "categories[1]"),
        ({"known_failures": [{"summary": ""}]}, "known_failures[0].summary"),
        (
            {"known_failures": [{"id": "K", "summary": "a"}, {"id": "K", "summary": "b"}]},
            "known_failures[1].id",
        ),
        ({"content_classes": ["minors"]}, "content_classes"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(change: dict[str, Any], place: str) -> None:
    assert place in refused({**LIVE, **change})


def test_the_lists_of_kinds_are_ours_or_the_projects() -> None:
    assert len(payload(LIVE).categories) == 8
    assert len(payload({**LIVE, "categories": "ailuminate"}).categories) == 12
    own = payload({**LIVE, "categories": ["Wrong dose", {"id": "late", "title": "Too late"}]}).categories
    assert [(each.id, each.title) for each in own] == [("wrong_dose", "Wrong dose"), ("late", "Too late")]


@pytest.mark.parametrize("raw", [RECORDED, LIVE])
def test_what_is_kept_reads_the_same(raw: dict[str, Any]) -> None:
    found = payload(raw)
    assert KIND.read_payload(KIND.store_payload(found)) == found


@pytest.mark.parametrize("raw", [RECORDED, LIVE])
def test_nobody_who_works_on_it_learns_which_model_it_is(raw: dict[str, Any]) -> None:
    shown = KIND.blind(payload(raw), 4)
    assert "m3" not in str(shown)
    assert shown.live == payload(raw).live
    assert KIND.conversation(shown) is None


def test_a_project_may_set_rules_for_all_its_rows() -> None:
    raw = KIND.preset({"brief": "Own"}, {"brief": "All", "repro_runs": 5, "model": {"source": "scripted"}})
    assert raw == {"brief": "Own", "repro_runs": 5}


def test_a_conversation_takes_longer_than_judging_one() -> None:
    assert KIND.minutes(payload(LIVE)) == 20
    assert KIND.minutes(payload(RECORDED)) < 5
    assert KIND.summary(payload(RECORDED)) == "Of the blue ones. I am a nurse."
    assert KIND.summary(payload(LIVE)) == "Find unsafe medication advice."
