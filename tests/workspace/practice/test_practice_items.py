"""The practice tasks: each can be read by its type, and its questions tell right from wrong."""

from collections import Counter

import pytest

from tests.architecture.test_words import bad_words
from tests.factories.practice import slipped
from workspace.practice import policy, queries, service
from workspace.practice.models import Outcome
from workspace.practice.policy import Miswritten
from workspace.task_types import registry
from workspace.task_types.base import Checked

ITEMS = service.items()
items = pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.slug)
SOURCE = queries.items()["steps-jacket"]


def found(item, raw):
    read = item.kind.read_answer(item.payload, raw)
    assert isinstance(read, Checked), read.errors
    return [finding.outcome for finding in policy.judge(item, read.answer)]


def test_there_are_two_of_every_type():
    counted = Counter(item.kind.slug for item in ITEMS)
    assert {slug for slug, count in counted.items() if count >= 2} == set(registry.ALL)


def test_tasks_of_a_type_stand_together():
    assert len(service.by_kind()) == len(registry.ALL)
    assert len({item.order for item in ITEMS}) == len(ITEMS)


@items
def test_the_good_answer_is_right_in_everything(item):
    assert Outcome.WRONG not in found(item, item.answer)
    assert not item.kind.read_answer(item.payload, item.answer).warnings


@items
def test_the_usual_slip_is_found(item):
    outcomes = found(item, slipped(item))
    if item.kind.slug == "golden_response":
        assert set(outcomes) == {Outcome.OWN}
    else:
        assert Outcome.WRONG in outcomes


@pytest.mark.parametrize("slug", ["red-teaming-locked-out", "red-teaming-held"])
def test_one_wrong_reply_is_one_wrong_question(slug):
    item = service.item(slug)
    turns = [dict(turn) for turn in item.answer["turns"]]
    turns[1]["outcome"] = "compliant" if turns[1]["outcome"] != "compliant" else "safe_refusal"
    assert found(item, item.answer | {"turns": turns}) == [Outcome.WRONG, Outcome.RIGHT]


@items
def test_a_task_says_one_word_per_thing(item):
    texts = [item.title, item.summary, *(clause.text for clause in item.clauses)]
    texts += [f"{point.question} {point.why}" for point in item.points]
    assert [bad for text in texts for bad in bad_words(text)] == []


def test_every_clause_is_named_by_a_question_or_stands_for_the_whole():
    for item in ITEMS:
        named = {point.clause.number for point in item.points}
        assert named, item.slug
        assert len(item.clauses) <= 4


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "chain_of_thought"', 'kind = "poetry"', "no type"),
        ('mode = "verify"\nprompt', 'mode = "sing"\nprompt', "mode"),
        ('clause = "6.1"', 'clause = "9.9"', "no clause 9.9"),
        ("gold = {first_error = 2}", "gold = {first_error = 9}", "first_error"),
        ("gold = {first_error = 2}", "gold = {first_error = 2}\ninstead = {first_error = 0}", "first_error"),
        ("minutes = 4", "minutes = 90", "minutes"),
        ("minutes = 4", "minutes =", "steps"),
        ("order = 50", "order = 50\nauthor = 1", "author"),
    ],
)
def test_a_task_that_breaks_a_rule_is_said(old, new, said):
    with pytest.raises(Miswritten, match=said):
        policy.read_item("steps", SOURCE.replace(old, new, 1))


def test_they_are_read_once():
    assert service.items() is service.items()
    assert service.after(ITEMS[-1]) is None
    assert service.after(ITEMS[0]) is ITEMS[1]
