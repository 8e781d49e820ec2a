"""From a page of the workspace to what a simulated expert fills in, by the controls its form has."""

from typing import Any

from commands.simulation import judgement
from commands.simulation.browser import Form, Page
from workspace.task_types import registry

PLAYED = {
    "response_ranking",
    "response_editing",
    "golden_response",
    "rating",
    "hallucination_flagging",
    "chain_of_thought",
    "red_teaming",
}


def form_of(page: Page) -> Form:
    """The form of the answer, for the first time or after changes were asked for."""
    return page.form("/submit" if page.has_form("/submit") else "/resubmit")


def answer(expert: int, page: Page, seed: int, *, again: bool) -> dict[str, Any]:
    """The fields of this expert's answer; `again` when a reviewer asked for changes."""
    form, shown = form_of(page), responses(page)
    if turns := _values(form, "turn"):
        return _judged(expert, page, seed, turns)
    if rows := _values(form, "span"):
        return _flags(expert, page, seed, rows)
    if criteria := _values(form, "criterion"):
        judged = "\n".join([page.marked.get("prompt", ""), *shown.values()])
        return judgement.rating(seed, expert, judged, criteria)
    if shown:
        return judgement.ranking(seed, expert, shown)
    return _written(expert, page, seed, form, again=again)


def responses(page: Page) -> dict[str, str]:
    """Response id -> its text, as the page shows it."""
    return {
        mark.removeprefix("resp:"): text for mark, text in page.marked.items() if mark.startswith("resp:")
    }


def played(page: Page) -> dict[str, Any] | None:
    """The example of a type nobody plays yet, as a script sends it; None for types that `answer` knows.

    The example answers the example's task: a file for this is made of it.
    """
    kind = registry.get(form_of(page).kind)
    if kind.slug in PLAYED:
        return None
    return {"answer": kind.example()[1], "confirmed": list(kind.warnings), "stop": True}


def _written(expert: int, page: Page, seed: int, form: Form, *, again: bool) -> dict[str, Any]:
    prompt = page.marked.get("prompt", "")
    if "edited" in form.names():
        return judgement.editing(seed, expert, form.value("edited"), again=again)
    if steps := _values(form, "step"):
        return judgement.labels(seed, expert, f"{prompt} {page.marked.get('steps', '')}", steps=steps)
    if ("mode", "write") in form.fields:
        return judgement.own_steps(seed, expert, prompt)
    return judgement.golden(seed, expert, prompt, words=60, constraints=_values(form, "constraint"))


def _judged(expert: int, page: Page, seed: int, turns: list[str]) -> dict[str, Any]:
    """What is said of a conversation: one's own, or a recorded one."""
    names = form_of(page).names()
    replies = [name for name in turns if f"outcome-{name}" in names]
    if "goal" in names:
        brief = page.marked.get("prompt", "")
        return judgement.attacked(seed, expert, brief, turns=turns, replies=replies)
    talk = page.marked.get("talk", "")
    return judgement.outcomes(seed, expert, talk, turns=turns, replies=replies)


def _flags(expert: int, page: Page, seed: int, rows: list[str]) -> dict[str, Any]:
    """What is flagged; flags that are on the page already stay, the last row is the blank one."""
    response, sentences = "".join(responses(page).values()), page.html.count('name="sentence"')
    said = judgement.flagging(seed, expert, response, sentences=sentences, row=rows[-1])
    return said if len(rows) == 1 else {name: said[name] for name in ("sentence", "verdict")}


def _values(form: Form, name: str) -> list[str]:
    return [value for key, value in form.fields if key == name]
