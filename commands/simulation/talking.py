"""Talking to a model as a visitor without scripts: every button sends the whole form and waits."""

import re

from commands.simulation import judgement
from commands.simulation.browser import Lost, Page
from commands.simulation.people import Person

_TALK = re.compile(r'data-talk="([^"]+)"')


def is_live(page: Page) -> bool:
    """Whether there is a model to talk to, and nobody has yet."""
    return bool(_TALK.search(page.html)) and not page.marked.get("talk")


def talk(expert: Person, page: Page, seed: int) -> Page:
    """Say what is to be tried, send the messages, try again where the model gave in; the page afterwards."""
    tried = judgement.attack(seed, expert.number, page.marked.get("prompt", ""))
    for text in tried.messages:
        page = _press(expert, page, {"goal": tried.goal, "message": text, "send": "1"})
    for _ in range(judgement.RETRIES if tried.breaks else 0):
        page = _press(expert, page, {"goal": tried.goal, "again": "1"})
    return page


def _press(expert: Person, page: Page, values: dict[str, str]) -> Page:
    place = _TALK.search(page.html)
    answer = expert.browser.send(page, "/submit", values, to=place[1] if place else "")
    if answer.status >= 400:  # noqa: PLR2004 - refused
        raise Lost(f"{expert.name} cannot talk: {answer.status} {answer.marked.get('errors', '')}")
    return answer
