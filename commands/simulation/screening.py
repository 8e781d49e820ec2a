"""A paid screening before the work: the company writes one, every expert takes and passes it."""

import json
import re

from commands.simulation.browser import Lost, Page
from commands.simulation.people import Person

ITEMS = 3
WHY = "The first response is right, and the second one names another number, which anybody can count."
_SCREENING = re.compile(r"/screenings/[0-9a-f-]{36}$")


def write(owner: Person, project: str) -> None:
    """Write a screening of items with known answers, and publish it."""
    address = f"{project}/screening"
    _taken(owner.browser.send(owner.browser.get(address), "/screening/draft"))
    rows = "\n".join(json.dumps(_item(number)) for number in range(1, ITEMS + 1))
    file = ("items.jsonl", rows.encode(), "application/jsonl")
    _taken(owner.browser.send(owner.browser.get(address), "/screening/items", files={"file": file}))
    _taken(owner.browser.send(owner.browser.get(address), "/screening/publish"))


def take(expert: Person, page: Page) -> Page:
    """Start, answer every item, hand in; the page of the offer."""
    if not _SCREENING.search(page.path):
        raise Lost(f"{expert.name} was offered no screening: {page.path}")
    home = page.path
    page = _taken(expert.browser.send(page, "/start"))
    for number in range(1, ITEMS + 1):
        item = expert.browser.get(f"{home}/items/{number}")
        _taken(expert.browser.post(item, "/answer", {"rev": 0, "answer": _answer()}))
    done = _taken(expert.browser.send(expert.browser.get(home), "/submit"))
    offer = next((link for link in done.links if re.search(r"/applications/[0-9a-f-]{36}$", link)), None)
    if offer is None:
        raise Lost(f"{expert.name} did not pass the screening: {done.path}")
    return expert.browser.get(offer)


def _item(number: int) -> dict[str, object]:
    return {
        "task_type": "response_ranking",
        "prompt": f"What is {number} and {number}?",
        "responses": [
            {"id": "right", "text": f"It is {number + number}."},
            {"id": "wrong", "text": f"It is {number + number + 1}."},
        ],
        "why_min_words": 10,
        "gold": {"pairs": [["right", "wrong"]]},
        "explanation": f"{number} and {number} is {number + number}.",
    }


def _answer() -> dict[str, object]:
    return {
        "groups": [["right"], ["wrong"]],
        "strengths": [2],
        "why": WHY,
        "reasons": [],
        "seen": ["right", "wrong"],
    }


def _taken(page: Page) -> Page:
    if page.status >= 400:  # noqa: PLR2004 - refused
        raise Lost(f"{page.path} answered {page.status}: {page.marked.get('errors') or page.html[:300]}")
    return page
