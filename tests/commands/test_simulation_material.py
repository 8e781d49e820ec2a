"""The file that a simulation plays: its first rows, whatever its columns are called."""

import json
from pathlib import Path

import pytest

from commands.simulation.material import material

CHOSEN = {"prompt": "q", "response.text": "a"}


def test_the_first_rows_are_played(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    rows = [{"q": f"Why {n}?\u2028Really?", "a": "Because."} for n in range(5)]
    file.write_text("\n\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    cut = material(file, "rating", CHOSEN, 3)
    assert (cut.count, cut.content.count(b"\n"), cut.content_type) == (3, 3, "application/jsonl")
    assert material(file, "rating", CHOSEN, None).count == 5


def test_rows_of_csv_may_hold_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text('q,a\n"Why,\nthen?",Because\nWhen?,Now\nWhere?,Here\n')
    cut = material(file, "rating", CHOSEN, 2)
    assert (cut.count, cut.content_type) == (2, "text/csv")
    assert cut.content.decode().count("Why,\nthen?") == 1


def test_what_the_rows_name_is_declared(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    named = [{"q": "Why?", "a": "Because.", "content_classes": [slug]} for slug in ("hate", "violence")]
    file.write_text("".join(json.dumps(row) + "\n" for row in [*named, {"q": "Who?", "a": "I."}]))
    chosen = {**CHOSEN, "content_classes": "content_classes"}
    assert material(file, "rating", chosen, None).classes == {"hate", "violence"}
    assert material(file, "rating", chosen, 1).classes == {"hate"}


def test_bad_rows_are_not_counted(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"q": "Why?", "a": "Because."}\n{"q": 3, "a": "No."}\n')
    found = material(file, "rating", CHOSEN, None)
    assert found.count == 1
    assert [line for line, _ in found.unplayed] == [2]


def test_rows_that_share_an_id_give_one_task_and_it_is_said(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    rows = [{"_id": "7", "q": "Why?", "a": f"Because of {n}.", "m": str(n)} for n in range(3)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = material(file, "rating", {**CHOSEN, "external_id": "_id"}, None)
    assert (found.count, [line for line, _ in found.unplayed]) == (1, [2, 3])
    assert material(file, "rating", {**CHOSEN, "external_id": "_id+m"}, None).unplayed == ()


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"prompt": "q"}, "Choose a column for response"),
        ({**CHOSEN, "prompt": "n"}, "Line 1, prompt: Column n"),
    ],
)
def test_what_cannot_be_played_is_said(tmp_path: Path, chosen: dict[str, str], said: str) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"q": "Why?", "a": "Because.", "n": 3}\n')
    with pytest.raises(ValueError, match=said):
        material(file, "rating", chosen, None)
