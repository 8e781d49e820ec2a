"""What the templates of this type draw besides what every type promises."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from marketplace.kit import filters
from tests.contracts.test_task_type_templates import fields, sound
from tests.factories.steps import answer, asked, given, labels, written
from workspace.task_types.base import Checked
from workspace.task_types.chain_of_thought import TYPE

FOLDER = "workspace/task_types/chain_of_thought"


@pytest.fixture(scope="module")
def pages() -> Environment:
    """Jinja with the filters the templates use."""
    found = Environment(
        loader=FileSystemLoader(Path(__file__).parents[3] / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    filters.install(SimpleNamespace(jinja_env=found))  # type: ignore[arg-type]  # it asks for the templates only
    found.globals["static_url"] = lambda name: f"/static/{name}"
    return found


def draw(pages: Environment, call: str, screen: Any, errors: dict[str, str] | None = None) -> str:
    file = call.partition(".")[0]
    text = f"{{% import '{FOLDER}/{file}.html' as {file} %}}{{{{ {call} }}}}"
    return pages.from_string(text).render(screen=screen, errors=errors or {})


def work(pages: Environment, screen: Any, errors: dict[str, str] | None = None) -> str:
    calls = ("work.material(screen, errors, none)", "work.panel(screen, errors)", "work.dock(screen)")
    return "".join(draw(pages, call, screen, errors) for call in calls)


def test_written_steps_can_be_drawn_and_post_the_same_again(pages: Environment) -> None:
    raw = written("Three boxes.", "Four each.", final="12 <jars>")
    raw["steps"][1] |= {"parent": 1, "formula": "3 * 4 = 12"}
    task = asked(reference_answer="secret-12")
    html = work(pages, TYPE.screen(task, raw))
    assert "secret-12" not in html
    posted = TYPE.read_answer(task, TYPE.from_form(fields(sound(html))))
    assert isinstance(posted, Checked), posted
    assert posted.answer == answer(task, raw)
    read = draw(pages, "read.answer(screen)", TYPE.screen(task, raw))
    sound(read)
    assert "12 &lt;jars&gt;" in read


def test_errors_stand_at_the_rows(pages: Environment) -> None:
    places = ("steps", "mode", "steps[0].text", "steps[2].parent", "final_answer", "finish")
    errors = {place: f"Problem of {place}." for place in places}
    html = work(pages, TYPE.screen(asked(), written("One.")), errors)
    shown = {
        node.get("data-error")
        for node in sound(html).iter()
        if node.get("data-error") and not node.get("hidden")
    }
    assert set(errors) <= {place for place in shown if place}


def test_the_page_does_not_know_the_reference_before_the_last_label(pages: Environment) -> None:
    task = given(2, reference_answer="secret-12")
    assert "secret-12" not in work(pages, TYPE.screen(task, labels("y-")))
    assert "data-held" in work(pages, TYPE.screen(task, labels("y-")))
    assert "secret-12" in work(pages, TYPE.screen(task, labels("yy")))
    never = given(2, reference_answer="secret-12", show_reference="never")
    assert "secret-12" not in work(pages, TYPE.screen(never, labels("yy")))


def test_signs_of_arithmetic_are_no_markup(pages: Environment) -> None:
    task = given(steps=["4*2 lessons = 8, 8*3 = 24", "<b>x</b> < 3"])
    for call in ("work.material(screen, errors, none)", "read.material(screen)"):
        html = draw(pages, call, TYPE.screen(task, {}))
        assert "4*2 lessons = 8, 8*3 = 24" in html
        assert "<em>" not in html
        assert "&lt;b&gt;x&lt;/b&gt; &lt; 3" in html


def test_opinions_stand_side_by_side(pages: Environment) -> None:
    for task, one, other in (
        (given(2), labels("yn"), labels("yy")),
        (asked(), written("One.", "Two."), written("Three.", "Four.", final="")),
    ):
        screens = [("You", TYPE.screen(task, one)), ("Other expert 1", TYPE.screen(task, other))]
        text = f"{{% import '{FOLDER}/compare.html' as c %}}{{{{ c.opinions(screen, others) }}}}"
        html = pages.from_string(text).render(screen=screens[0][1], others=screens)
        sound(html)
        assert "Other expert 1" in html
