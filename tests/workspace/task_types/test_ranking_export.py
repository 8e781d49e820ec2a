"""What trainers read."""

from tests.factories.rankings import answer, none_good, of, pairs, payload
from workspace.task_types.response_ranking import TYPE
from workspace.task_types.response_ranking.payload import Payload


def test_margins_add_up_between_groups() -> None:
    task = payload()
    lines = list(TYPE.export(task, answer(task, [["r2"], ["r1"], ["r3"]], [2, 1])))
    assert pairs(lines) == [("r2", "r1", 2.0), ("r2", "r3", 3.0), ("r1", "r3", 1.0)]
    (group,) = of(lines, "ranking")
    assert [(row["id"], row["rank"], row["model"]) for row in group["responses"]] == [
        ("r2", 1, "m1"),
        ("r1", 2, "m0"),
        ("r3", 3, "m2"),
    ]


def test_ties_give_no_pair_and_share_a_rank() -> None:
    task = payload()
    lines = list(TYPE.export(task, answer(task, [["r2"], ["r1", "r3"]], [2])))
    assert pairs(lines) == [("r2", "r1", 2.0), ("r2", "r3", 2.0)]
    assert [row["rank"] for row in of(lines, "ranking")[0]["responses"]] == [1, 2, 2]


def test_none_good_gives_no_line() -> None:
    assert list(TYPE.export(payload(), none_good(payload()))) == []


def test_a_rewrite_is_a_demonstration() -> None:
    task = payload(2, rewrite="optional")
    lines = list(TYPE.export(task, answer(task, [["r2"], ["r1"]], rewrite="Do this.")))
    assert of(lines, "demonstration") == [
        {"messages": [{"role": "user", "content": "What now?"}, {"role": "assistant", "content": "Do this."}]}
    ]


def test_empty_and_equal_texts_stay_out_of_trainer_files() -> None:
    task = TYPE.read_payload({"prompt": "Why?", "responses": ["Yes", " ", "YES "], "why_min_words": 10})
    assert isinstance(task, Payload)
    lines = list(TYPE.export(task, answer(task, [["r1"], ["r2"], ["r3"]])))
    assert of(lines, "preference") == []
    assert [row["id"] for row in of(lines, "ranking")[0]["responses"]] == ["r1", "r3"]
    two = TYPE.read_payload({"prompt": "Why?", "responses": ["Yes", ""], "why_min_words": 10})
    assert isinstance(two, Payload)
    assert list(TYPE.export(two, answer(two, [["r1"], ["r2"]]))) == []
