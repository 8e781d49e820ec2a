"""The plain form of a rating, and what the screen shows of a draft."""

from typing import Any

from hypothesis import given

from tests.factories.ratings import CRITERIA, answer, answers, payload
from tests.properties import calm
from workspace.task_types.base import Checked
from workspace.task_types.rating import TYPE
from workspace.task_types.rating.answer import Answer
from workspace.task_types.rating.screen import Screen


def test_the_plain_form_gives_the_same_answer() -> None:
    task = payload(allow_not_applicable=True)
    form = {
        "criterion": ["tone", "fact"],
        "score-tone": ["5"],
        "score-fact": ["na"],
        "because-tone": [" "],
        "because-fact": ["No claim\r\nis made."],
        "overall": ["5"],
        "why": ["All of it."],
        "mark": ["spam", "unsafe"],
    }
    result = TYPE.read_answer(task, TYPE.from_form(form))
    assert isinstance(result, Checked), result
    assert result.answer == Answer(
        scores={"tone": 5, "fact": None},
        not_applicable=("fact",),
        justifications={"fact": "No claim\nis made."},
        marks=("spam", "unsafe"),
        overall=5,
        why="All of it.",
    )


def test_what_no_radio_says_is_left_for_the_reader() -> None:
    found = TYPE.from_form({"criterion": ["tone"], "score-tone": ["great"], "overall": ["10"]})
    assert found["scores"] == {"tone": "great"}
    assert found["overall"] == "10"
    assert TYPE.from_form({})["scores"] == {}
    assert TYPE.from_form({"criterion": ["tone"]})["scores"] == {"tone": None}


def posted(shown: Screen) -> dict[str, list[str]]:
    """What a browser sends of this screen."""
    form = {"criterion": [row.criterion.id for row in shown.rows]}
    form |= {f"score-{row.criterion.id}": [row.said] for row in shown.rows if row.said}
    form |= {f"because-{row.criterion.id}": [row.because] for row in shown.rows}
    form |= {"mark": [code for code, _, on in shown.marks if on], "why": [shown.answer.why]}
    return form | {"overall": [str(shown.answer.overall)]}


@calm
@given(said=answers())
def test_the_screen_fills_the_form_with_the_same_answer(said: Answer) -> None:
    task = payload()
    result = TYPE.read_answer(task, TYPE.from_form(posted(TYPE.screen(task, TYPE.store_answer(said)))))
    assert isinstance(result, Checked)
    assert result.answer == said


def test_a_draft_shows_whatever_is_usable() -> None:
    task = payload(allow_not_applicable=True)
    draft: dict[str, Any] = {
        "scores": {"tone": 9, "fact": 2},
        "not_applicable": ["tone"],
        "overall": "x",
        "why": 4,
    }
    shown = TYPE.screen(task, draft)
    assert [(row.said, row.words) for row in shown.rows] == [("na", "Not applicable"), ("2", "Weak")]
    assert (shown.answer.overall, shown.answer.why, shown.done) == (None, "", 2)
    assert TYPE.screen(task, {"cannot_assess": ["fact"]}).rows[1].words == "Cannot assess"
    empty = TYPE.screen(task, {})
    assert [row.words for row in empty.rows] == ["No value", "No value"]
    assert (empty.done, empty.overall_words) == (0, "No value")


def test_the_mean_is_hidden_until_there_is_an_overall_value() -> None:
    task = payload()
    half = {"scores": {"tone": 1, "fact": 5}}
    assert TYPE.screen(task, half).mean == ""
    shown = TYPE.screen(task, {**half, "overall": 2})
    assert (shown.mean, shown.needs_why, shown.overall_words) == ("4.0", True, "Weak")
    assert TYPE.screen(task, {"overall": 2}).mean == ""


def test_a_reason_for_no_value_is_kept_when_a_value_is_given_after_all() -> None:
    task = payload()
    said = answer(task, 4, 4, justifications={"fact": "I looked it up."})
    assert TYPE.screen(task, TYPE.store_answer(said)).rows[1].because == "I looked it up."


def test_long_words_are_shown_below_each_other() -> None:
    long = {**CRITERIA[0], "anchors": ["x" * 31, *["Fine"] * 4]}
    task = payload(criteria=[long, CRITERIA[1]])
    assert [row.is_short for row in TYPE.screen(task, {}).rows] == [False, True]


def test_opinions_are_counted_question_by_question() -> None:
    task = payload()
    screens = [
        TYPE.screen(task, TYPE.store_answer(answer(task, tone, fact, overall=overall)))
        for tone, fact, overall in [(4, 2, 3), (4, None, 2), (5, 2, 3)]
    ]
    others = [(f"Other expert {number}", each) for number, each in enumerate(screens, 1)]
    tone, fact, overall = screens[1].spread(others)
    assert (tone.title, tone.counts, tone.without, tone.own) == ("Tone", (0, 0, 0, 2, 1), 0, "4")
    assert (fact.counts, fact.without, fact.own) == ((0, 2, 0, 0, 0), 1, "cannot")
    assert (overall.title, overall.counts, overall.own) == ("Overall", (0, 1, 2, 0, 0), "2")
