"""What a simulated visitor makes of a page: forms as they stand, and words without what differs by person."""

import pytest

from commands.simulation import judgement
from commands.simulation.browser import Lost, Page, _Reader
from workspace.task_types import registry
from workspace.task_types.base import Invalid


def read(html: str) -> Page:
    reader = _Reader("http://127.0.0.1/here")
    reader.feed(html)
    return Page("http://127.0.0.1/here", 200, html, reader.forms, reader.links, reader.texts())


def response(name: str, letter: str, text: str) -> str:
    head = f"<header><h3>{letter}</h3><span>3 words</span></header>"
    return f'<article data-resp="{name}">{head}<div class="prose resp-body"><p>{text}</p></div></article>'


def test_the_letter_of_a_response_does_not_change_what_is_read() -> None:
    first = read(response("r1", "A", "Wait an hour.") + response("r2", "B", "Warm the room."))
    second = read(response("r2", "A", "Warm the room.") + response("r1", "B", "Wait an hour."))
    assert first.marked == second.marked == {"resp:r1": "Wait an hour.", "resp:r2": "Warm the room."}
    texts = {mark.removeprefix("resp:"): text for mark, text in second.marked.items()}
    known = {mark.removeprefix("resp:"): text for mark, text in first.marked.items()}
    assert judgement.ranking(7, 1, known) == {**judgement.ranking(7, 1, texts), "seen": ["r1", "r2"]}


def test_an_answer_is_read_without_its_letters_and_signs() -> None:
    said = '<div class="prose">It is <b>clearer</b>.</div>'
    page = read(f'<section class="verdict-answer"><p><span>B</span><i>=</i></p>{said}</section>{said}')
    assert page.marked["answer"] == "It is clearer."
    assert judgement.ruling(7, "It is clearer.", first_round=True) == judgement.ruling(
        7, page.marked["answer"], first_round=True
    )


def test_a_form_is_sent_as_it_stands() -> None:
    page = read(
        '<form action="/go" method="post"><input name="token" value="x"><input type="checkbox" name="a" checked>'
        '<select name="s"><option value="1"><option value="2" selected></select>'
        '<textarea name="t">\nText</textarea></form><input type="radio" form="f" name="r" value="3" checked>'
    )
    assert page.form("/go").fields == [("token", "x"), ("a", "on"), ("s", "2"), ("t", "Text")]
    with pytest.raises(Lost):
        page.form("/elsewhere")


def test_a_form_that_only_closes_its_dialog_is_no_way_on() -> None:
    page = read(
        '<form method="dialog"><button>Stay</button></form><form method="post"><input name="a" value="1"></form>'
    )
    assert page.form("/here").fields == [("a", "1")]


def test_a_flagging_is_the_same_for_the_same_seed_and_fills_the_blank_row() -> None:
    response = "The clinic opened in 1998 with 40 beds."
    said = [judgement.flagging(7, n, response, sentences=2, row="0") for n in range(40)]
    assert said == [judgement.flagging(7, n, response, sentences=2, row="0") for n in range(40)]
    clean = [one for one in said if one.get("none_found")]
    flagged = [one for one in said if "quote-0" in one]
    assert len(clean) + len(flagged) == len(said)
    assert all(one["sentence"] == ["0", "1"] for one in said)
    assert all(response.count(one["quote-0"]) == 1 for one in flagged)
    assert {one["verdict"] for one in clean} <= {"reliable"}


def test_a_rejection_names_a_reason_of_the_kind_of_work() -> None:
    reasons = {
        judgement.ruling(seed, "An answer", first_round=True, reason="ACC-1").reason_code
        for seed in range(200)
    }
    assert reasons == {"", "CLA-1", "ACC-1"}


def test_an_edit_depends_on_the_words_and_on_who_edits() -> None:
    text = "Wait an hour before you paint.  Warm the room, then open a window for the night."
    edits = [judgement.editing(7, expert, text) for expert in range(12)]
    assert edits == [judgement.editing(7, expert, text) for expert in range(12)]
    alone = [edit for edit in edits if edit["no_edit"]]
    changed = [edit["edited"] for edit in edits if not edit["no_edit"]]
    assert alone
    assert len(set(changed)) > 1
    assert all(edit != text for edit in changed)
    assert "edited" in judgement.editing(7, 0, "", again=True)
    for expert in range(12):
        assert not judgement.editing(7, expert, text, again=True)["no_edit"], (
            "what a reviewer asked for is done"
        )


def test_every_change_is_tagged_and_has_a_source() -> None:
    said = judgement.remarks(7, 1, ["replace:0-4:0-6", "insert:9-9:11-15"])
    assert set(said) == {"tag-0", "tag-1", "source-0", "source-1"}
    assert judgement.remarks(7, 1, []) == {}


def test_step_labels_of_the_simulation_are_complete_answers() -> None:
    steps = registry.get("chain_of_thought")
    payload = steps.read_payload({"prompt": "How many?", "steps": ["One.", "Two.", "Three."]})
    assert not isinstance(payload, Invalid)
    seen = set()
    for expert in range(40):
        said = judgement.labels(7, expert, "How many? One. Two. Three.", steps=["1", "2", "3"])
        form = {name: value if isinstance(value, list) else [value] for name, value in said.items()}
        result = steps.read_answer(payload, steps.from_form(form))
        assert not isinstance(result, Invalid), result
        seen.add(result.answer.finish)
    assert seen == {"solution", "found_error"}


def test_steps_of_the_simulation_are_complete_answers() -> None:
    steps = registry.get("chain_of_thought")
    payload = steps.read_payload({"prompt": "How many?"})
    assert not isinstance(payload, Invalid)
    for expert in range(20):
        said = judgement.own_steps(7, expert, "How many?")
        form = {name: value if isinstance(value, list) else [value] for name, value in said.items()}
        assert not isinstance(steps.read_answer(payload, steps.from_form(form)), Invalid)


def test_the_steps_of_a_task_are_read_without_their_controls() -> None:
    card = '<li data-step="{0}"><label>Correct</label><div class="prose step-said">Line {0}. </div></li>'
    assert read(f"<ol>{card.format(1)}{card.format(2)}</ol>").marked["steps"] == "Line 1. Line 2."
