"""Agreement, gold and several opinions."""

from statistics import median_low
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from tests.factories.steps import answer, asked, given, labels, marks, of, said, written
from tests.properties import calm
from workspace.task_types.base import Invalid
from workspace.task_types.chain_of_thought import TYPE
from workspace.task_types.chain_of_thought.answer import Verified


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("yyn", "yyn", 1),
        ("yyn", "yon", 0.5 + 0.5 * 2 / 3),
        ("yyn", "yyy", 0.5 * 2 / 3),
        ("yn-", "yyn", 0.5 * 1 / 2),
        ("n--", "yyn", 0),
        ("yyy", "yyy", 1),
        ("yyy", "ooo", 0.5),
        ("y?y", "y?y", 1),
        ("y?y", "yoy", 0.5 + 0.5 * 2 / 3),
        ("ny-", "nn-", 1),  # what comes after the earlier error does not count
        ("yyyyn", "yyyn-", 0.5 * 3 / 4),
    ],
)
def test_agreement_on_labels(one: str, other: str, expected: float) -> None:
    task = given(len(one))
    assert TYPE.agreement(task, said(one), said(other)) == pytest.approx(expected)
    assert TYPE.agreement(task, said(other), said(one)) == pytest.approx(expected)


def test_agreement_on_solutions_is_the_final_answer_else_the_steps() -> None:
    task = asked()
    one = answer(task, written("Three boxes.", "Four each.", final="12 jars"))
    same = answer(task, written("Something else.", "Entirely.", final="12"))
    other = answer(task, written("Three boxes.", "Four each.", final="13"))
    assert TYPE.agreement(task, one, same) == 1
    assert TYPE.agreement(task, one, other) == 1  # the same steps, letter for letter
    far = answer(task, written("Zzzz", "Qqqq", final="13"))
    assert TYPE.agreement(task, one, far) < 0.3
    assert TYPE.agreement(task, one, said("yyn")) == 0


@calm
@examples(data=st.data())
def test_agreement_is_symmetric_and_between_0_and_1(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 7))
    task = given(count)
    one, other = said(data.draw(marks(count))), said(data.draw(marks(count)))
    found = TYPE.agreement(task, one, other)
    assert 0 <= found <= 1
    assert found == TYPE.agreement(task, other, one)
    assert TYPE.agreement(task, one, one) == 1


@pytest.mark.parametrize(
    ("gold", "marked", "score"),
    [
        (3, "yyn-", 1),
        (3, "yn--", 0.5),
        (3, "yyyn", 0.5),
        (3, "n---", 0),
        (3, "yyyy", 0),
        (None, "yyyy", 1),
        (None, "yyyn", 0),
        (4, "yyyy", 0),
    ],
)
def test_a_seeded_error_is_found_nearly_or_not(gold: int | None, marked: str, score: float) -> None:
    task = given(4)
    known = TYPE.read_gold(task, {"first_error": gold})
    assert known == {"first_error": gold}
    assert TYPE.score_against_gold(task, known, said(marked)) == score


def test_gold_of_a_solution_is_its_final_answer() -> None:
    task = asked()
    found = answer(task, written("Three boxes.", "Four each.", final="$1,200"))
    assert TYPE.score_against_gold(task, {"final_answer": "1200"}, found) == 1
    assert TYPE.score_against_gold(task, {"final_answer": "1201"}, found) == 0


def test_a_whole_answer_can_be_the_gold() -> None:
    assert TYPE.read_gold(given(3), labels("yn-")) == {"first_error": 2}
    assert TYPE.read_gold(given(3), labels("yyy")) == {"first_error": None}


@pytest.mark.parametrize("raw", [{}, {"first_error": 4}, {"first_error": "2"}, 5, {"steps": 5}])
def test_bad_gold_is_refused(raw: Any) -> None:
    assert isinstance(TYPE.read_gold(given(3), raw), Invalid)
    assert TYPE.score_against_gold(given(3), raw, said("yyn")) is None
    assert isinstance(TYPE.read_gold(asked(), {"final_answer": " "}), Invalid)


def together(*opinions: str, weights: list[float] | None = None) -> list[bool]:
    """What these opinions say as one."""
    task = given(len(opinions[0]))
    found = of(TYPE.aggregate(task, [said(marked) for marked in opinions], weights), "stepwise")
    return found[0]["labels"] if found else []


def test_the_majority_labels_every_step_and_the_error_is_the_median() -> None:
    assert together("yyn-", "yyn-", "yyyy") == [True, True, False]
    assert together("yn--", "yyn-", "yyyn") == [True, True, False]
    assert together("yn--", "yyyn", "yyyy") == [True, True, True, False]
    assert together("yyyy", "yoyy", "yn--") == [True, True, True, True]


def test_a_step_without_a_majority_ends_the_line() -> None:
    assert together("yn", "yy") == [True]
    assert together("n-", "yy") == []
    assert together("y?y", "y?y", "yyy") == [True]
    assert together("??", "??") == []


def test_weights_decide_a_majority() -> None:
    assert together("yn-", "yyy", "yyy", weights=[3, 1, 1]) == [True, False]
    assert together("yn-", "yyy", "yyy", weights=[1, 1, -4]) == [True]


def test_a_broken_problem_teaches_no_steps() -> None:
    task = given(2)
    broken = answer(task, labels("yy", finish="bad_problem"))
    good = said("yy")
    assert of(TYPE.export(task, broken), "stepwise") == []
    assert of(TYPE.aggregate(task, [broken, broken, good]), "stepwise") == []
    assert of(TYPE.aggregate(task, [broken, good, good]), "stepwise")


@calm
@examples(data=st.data())
def test_an_odd_number_of_sure_opinions_gives_the_median_error(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 6))
    ends = data.draw(
        st.lists(st.integers(1, count + 1), min_size=1, max_size=5).filter(lambda all_: len(all_) % 2)
    )
    opinions = ["y" * (end - 1) + "n" + "-" * (count - end) if end <= count else "y" * count for end in ends]
    middle = median_low(ends)
    expected = [True] * (middle - 1) + [False] if middle <= count else [True] * count
    assert together(*opinions) == expected


@calm
@examples(data=st.data())
def test_lines_end_at_the_first_error_and_say_nothing_nobody_said(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 6))
    task = given(count)
    opinions = [said(data.draw(marks(count))) for _ in range(data.draw(st.integers(1, 5)))]
    for line in of(TYPE.aggregate(task, opinions), "stepwise"):
        assert len(line["labels"]) == len(line["completions"]) <= count
        assert False not in line["labels"][:-1]
        for place, label in enumerate(line["labels"]):
            ratings = [one.steps[place].rating for one in opinions if isinstance(one, Verified)]
            assert any(rating is not None and (rating >= 0) == label for rating in ratings)
    if len(opinions) == 1:
        assert of(TYPE.aggregate(task, opinions), "stepwise") == of(
            TYPE.export(task, opinions[0]), "stepwise"
        )
