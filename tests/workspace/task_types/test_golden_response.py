"""Written answers: the rules of the company, the word of the author."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import calm
from workspace.task_types.base import Checked, Invalid
from workspace.task_types.golden_response import TYPE
from workspace.task_types.golden_response.answer import Answer
from workspace.task_types.golden_response.payload import Payload


def payload(**more: Any) -> Payload:
    """A prompt and whatever else."""
    read = TYPE.read_payload({"prompt": "Explain rain to a child.", **more})
    assert isinstance(read, Payload), read
    return read


def errors(task: Payload, **answered: Any) -> dict[str, str]:
    """What is wrong with an answer that is otherwise good."""
    result = TYPE.read_answer(task, {"text": "Water falls from clouds.", "ai_statement": True, **answered})
    assert isinstance(result, Invalid), result
    return dict(result.errors)


def checked(task: Payload, **answered: Any) -> Checked[Answer]:
    """A good answer."""
    result = TYPE.read_answer(task, {"text": "Water falls from clouds.", "ai_statement": True, **answered})
    assert isinstance(result, Checked), result
    return result


def test_a_prompt_alone_is_enough() -> None:
    task = payload(unknown={"is": "ignored"})
    assert (task.min_words, task.max_words, task.response, task.constraints) == (1, None, None, ())
    assert TYPE.store_payload(task) == {
        "prompt": [{"role": "user", "content": "Explain rain to a child."}],
        "constraints": [],
        "min_words": 1,
        "sources_required": False,
        "headings": [],
        "references": [],
        "content_classes": [],
    }
    assert TYPE.read_payload(TYPE.store_payload(task)) == task
    assert TYPE.minutes(task) == 25
    assert TYPE.summary(task) == "Explain rain to a child."
    assert TYPE.word_count(payload(response="Rain is rain.")) == 8


def test_conversations_may_have_turns() -> None:
    turns = [("system", "Be kind."), ("user", "Hello"), ("assistant", "Hello."), ("user", "Why rain?")]
    task = payload(prompt=[{"role": role, "content": content} for role, content in turns])
    assert [message.role for message in task.prompt] == ["system", "user", "assistant", "user"]


def test_plain_texts_become_constraints_and_an_attempt() -> None:
    task = payload(constraints=["Short", {"id": "tone", "text": "Kind"}], response="Rain is rain.")
    assert [(rule.id, rule.text) for rule in task.constraints] == [("c1", "Short"), ("tone", "Kind")]
    assert task.response
    assert task.response.text == "Rain is rain."


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"prompt": 5}, "prompt"),
        ({"response": {"model": "m"}}, "response.text"),
        ({"response": 5}, "response"),
        ({"min_words": 0}, "min_words"),
        ({"min_words": 20, "max_words": 10}, "max_words"),
        ({"max_words": "60"}, "max_words"),
        ({"constraints": [""]}, "constraints[0].text"),
        ({"constraints": [{"id": "a", "text": "x"}, {"id": "a", "text": "y"}]}, "constraints[1].id"),
        ({"constraints": [7]}, "constraints[0]"),
        ({"sources_required": "yes"}, "sources_required"),
        ({"headings": [""]}, "headings[0]"),
    ],
)
def test_a_bad_row_is_told_where(change: dict[str, Any], place: str) -> None:
    result = TYPE.read_payload({"prompt": "Why?", **change})
    assert isinstance(result, Invalid)
    assert place in result.errors


def test_the_word_window_binds() -> None:
    task = payload(min_words=5, max_words=6)
    assert errors(task)["text"] == "Write 5 words or more. You have 4."
    assert errors(task, text="a b c d e f g")["text"] == "Shorten your answer to 6 words. You have 7."
    assert checked(task, text="a b c d e").warnings == ()
    assert checked(task, text="a b c d e f").warnings == ()
    assert errors(payload(), text=" \n ")["text"] == "Write your answer. You have 0."


def test_constraints_are_met_or_explained() -> None:
    task = payload(constraints=["Short", "Kind"])
    found = errors(task, constraints=[{"id": "c2", "met": False, "why": " "}])
    assert found == {
        "constraints[0].met": "Say whether your answer keeps “Short”.",
        "constraints[1].why": "Explain why your answer does not keep “Kind”.",
    }
    said = [{"id": "c1", "met": True}, {"id": "c2", "met": False, "why": "It must be blunt."}]
    assert [kept.met for kept in checked(task, constraints=said).answer.constraints] == [True, False]
    assert (
        errors(task, constraints=[{"id": "c9"}])["constraints[0].id"]
        == "Name each constraint of this task once."
    )
    twice = [{"id": "c1", "met": True}, {"id": "c1", "met": True}]
    assert errors(task, constraints=twice)["constraints[1].id"] == "Name each constraint of this task once."


def test_sources_are_links_with_quotes() -> None:
    task = payload(sources_required=True)
    assert errors(task)["sources"] == "Give at least one source."
    assert "https" in errors(task, sources=[{"url": "javascript:alert(1)", "quote": "q"}])["sources[0].url"]
    assert errors(task, sources=[{"url": "", "quote": ""}]) == {
        "sources[0].url": "Give the address of the source.",
        "sources[0].quote": "Quote what the source says.",
    }
    good = [{"url": " https://example.org/rain ", "quote": "It falls."}]
    assert checked(task, sources=good).answer.sources[0].url == "https://example.org/rain"


def test_the_work_is_ones_own_and_signed() -> None:
    assert errors(payload(), ai_statement=False) == {"ai_statement": "Confirm that this is your own work."}
    attempt = payload(response="Water  falls from CLOUDS.")
    assert errors(attempt)["text"] == "This is the model's attempt. Write your own answer."


def test_scores_and_formats_are_limited() -> None:
    assert "self_score" in errors(payload(), self_score=6)
    assert "self_score" in errors(payload(), self_score=True)
    assert "format" in errors(payload(), format="html")
    assert checked(payload(), self_score=5, format="plain", refusal=True).answer.refusal


def test_what_looks_copied_foreign_or_private_is_asked_about() -> None:
    attempt = " ".join(f"word{n}" for n in range(60))
    task = payload(response=attempt)
    assert checked(task, text=attempt + " end").warnings == ("like_other_text",)
    assert checked(task, text="Call +44 20 7946 0958 now.").warnings == ("pii_added",)
    asked = payload(prompt="Explain rain to a child in a few words.")
    assert checked(asked, text="Дождь идёт из облаков, когда капли тяжёлые.").warnings == (
        "language_changed",
    )


def test_agreement_is_the_likeness_of_texts() -> None:
    task = payload()
    one, other = checked(task, text="abcd").answer, checked(task, text="abcx").answer
    assert TYPE.agreement(task, one, other) == 0.75
    assert TYPE.agreement(task, other, one) == 0.75


@calm
@given(one=st.text(max_size=20), other=st.text(max_size=20))
def test_agreement_is_symmetric_and_between_0_and_1(one: str, other: str) -> None:
    task = payload()
    a, b = Answer(text=one), Answer(text=other)
    found = TYPE.agreement(task, a, b)
    assert 0 <= found <= 1
    assert found == TYPE.agreement(task, b, a)
    assert TYPE.agreement(task, a, a) == 1


def test_no_machine_marks_a_written_answer() -> None:
    assert isinstance(TYPE.read_gold(payload(), {"text": "x"}), Invalid)
    assert TYPE.score_against_gold(payload(), {"text": "x"}, Answer(text="x")) is None


def test_an_answer_is_a_demonstration_and_beats_the_attempt() -> None:
    task = payload(response={"text": "Rain is rain.", "model": "m1"})
    lines = list(TYPE.export(task, checked(task).answer))
    assert [line.format for line in lines] == ["demonstration", "preference"]
    assert lines[0].body["messages"][-1] == {"role": "assistant", "content": "Water falls from clouds."}
    assert "margin" not in lines[1].body
    assert [line.format for line in TYPE.export(payload(), checked(payload()).answer)] == ["demonstration"]
    empty = payload(response={"text": ""})
    assert [line.format for line in TYPE.export(empty, checked(empty).answer)] == ["demonstration"]


def test_each_opinion_gives_its_own_lines() -> None:
    task = payload()
    lines = list(TYPE.aggregate(task, [checked(task).answer, checked(task, text="Drops fall.").answer]))
    assert [line.source for line in lines] == [0, 1]


def test_the_plain_form_gives_the_same_answer() -> None:
    task = payload(constraints=["Short", "Kind"], sources_required=True)
    form = {
        "text": ["Water falls\r\nfrom clouds."],
        "constraint": ["c1", "c2"],
        "met-c1": ["yes"],
        "met-c2": ["no"],
        "why-c2": ["Blunt."],
        "source_url": ["https://example.org/", ""],
        "source_quote": ["It falls.", " "],
        "self_score": ["4"],
        "ai_statement": ["1"],
    }
    result = TYPE.read_answer(task, TYPE.from_form(form))
    assert isinstance(result, Checked), result
    assert result.answer.text == "Water falls\nfrom clouds."
    assert [(kept.id, kept.met, kept.why) for kept in result.answer.constraints] == [
        ("c1", True, None),
        ("c2", False, "Blunt."),
    ]
    assert len(result.answer.sources) == 1
    assert result.answer.self_score == 4
    assert not result.answer.refusal
    assert TYPE.from_form({"self_score": ["many"]})["self_score"] == "many"
    assert TYPE.from_form({"met-c1": ["perhaps"], "constraint": ["c1"]})["constraints"][0]["met"] is None


def test_a_draft_shows_whatever_is_usable() -> None:
    task = payload(constraints=["Short"], min_words=2, max_words=9)
    shown = TYPE.screen(task, {"text": "Half an", "constraints": 5, "self_score": "x"})
    assert (shown.answer.text, shown.words, shown.rules[0].kept.met) == ("Half an", 2, None)
    assert shown.window == "2 to 9 words."
    assert TYPE.screen(payload(), {}).window == ""
    assert TYPE.screen(payload(max_words=9), {}).window == "At most 9 words."
    assert TYPE.screen(payload(min_words=9), {}).window == "At least 9 words."
