"""Experts and reviewers at work: one task and one review at a time, until nothing is left to do."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from commands.simulation import answers, judgement, screening, talking
from commands.simulation.browser import Lost, Page
from commands.simulation.people import Person

TRIES = 4
IDLE_SECONDS = 90.0
_TASK = re.compile(r"/tasks/[0-9a-f-]{36}$")
_REVIEW = re.compile(r"/reviews/[0-9a-f-]{36}$")


@dataclass(slots=True)
class Tally:
    """What was done over HTTP."""

    submitted: int = 0
    resubmitted: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)

    @property
    def standing(self) -> int:
        """Verdicts after which a submission does not come back."""
        return sum(number for verdict, number in self.verdicts.items() if verdict != "ask_for_changes")


def engage(expert: Person, job: str) -> None:
    """Apply, read the offer, accept it."""
    page = expert.browser.get(job)
    if page.has_form("/apply"):
        page = expert.browser.send(page, "/apply")
    if "/screenings/" in page.path:
        page = screening.take(expert, page)
    if page.has_form("/accept"):
        signed = {"read_guideline": "y", "agree_terms": "y", "signature": expert.name}
        page = expert.browser.send(page, "/accept", signed)
    if not expert.browser.get(job).has_form("/start"):
        raise Lost(f"{expert.name} cannot start on {job}: {page.path} {page.marked.get('errors', '')}")


def work_round(experts: Sequence[Person], job: str, seed: int, tally: Tally, step: Callable[[], None]) -> int:
    """Every expert does one task, in turn; returns how many were done."""
    done = 0
    for expert in experts:
        if _one_task(expert, job, seed):
            tally.submitted += 1
            done += 1
            step()
    return done


def fix_round(experts: Sequence[Person], seed: int, tally: Tally) -> int:
    """Every expert changes what reviewers asked them to change."""
    fixed = 0
    for expert in experts:
        for path in _asked(expert):
            page = _opened(expert, expert.browser.get(path))
            if _hand_in(expert, page, seed, again=True):
                tally.resubmitted += 1
                fixed += 1
    return fixed


def review_round(
    reviewers: Sequence[Person], project: str, seed: int, tally: Tally, step: Callable[[], None]
) -> int:
    """Every reviewer judges one submission of this project, in turn; returns how many were judged."""
    done = 0
    for reviewer in reviewers:
        page = reviewer.browser.get("/reviews")
        if page.has_form("/reviews/next"):
            page = reviewer.browser.send(page, "/reviews/next", {"project": project})
        elif open_one := next((link for link in page.links if _REVIEW.search(link)), None):
            page = reviewer.browser.get(open_one)
        page = _opened(reviewer, page)
        if page.has_form("/verdict"):
            _rule(reviewer, page, project, seed, tally)
            done += 1
            step()
    return done


def settled(experts: Sequence[Person]) -> bool:
    """Whether every verdict has acted: nothing of anybody waits in review or for a change."""
    pages = [expert.browser.get(f"/tasks?tab={tab}") for expert in experts for tab in ("review", "changes")]
    return not any("/submissions/" in link for page in pages for link in page.links)


def _one_task(expert: Person, job: str, seed: int) -> bool:
    page = expert.browser.get(job)
    if not page.has_form("/start"):
        return False
    page = expert.browser.send(page, "/start")
    return bool(_TASK.search(page.path)) and _hand_in(expert, _opened(expert, page), seed)


def _opened(person: Person, page: Page) -> Page:
    """The page behind the cover of sensitive content, or the page itself."""
    cover = next((link for link in page.links if link.endswith("show=1")), None)
    return person.browser.get(cover) if cover else page


def _hand_in(expert: Person, page: Page, seed: int, *, again: bool = False) -> bool:
    """Fill the form in and send it; warnings are confirmed as the page asks."""
    if not page.has_form("/submit") and not page.has_form("/resubmit"):
        return False
    if (played := answers.played(page)) is not None:
        return _taken(expert, expert.browser.post(page, answers.form_of(page).action, played))
    if talking.is_live(page):
        page = talking.talk(expert, page, seed)
    values = answers.answer(expert.number, page, seed, again=again)
    if again:
        values["why"] = values.get("why", "") + " The last sentence means the response at the last place."
    for _ in range(TRIES):
        form = answers.form_of(page)
        asked = [value for name, value in form.fields if name == "confirmed"]
        listed = [value for name, value in form.fields if name == "hunk"]
        values |= judgement.remarks(seed, expert.number, listed)
        answer = expert.browser.send(page, form.action, {**values, "confirmed": asked, "stop": "1"})
        if answer.status not in {409, 422}:
            break
        page = answer
    return _taken(expert, answer)


def _taken(expert: Person, answer: Page) -> bool:
    """True; Lost when the server did not take what was handed in."""
    if answer.status >= 400:  # noqa: PLR2004 - refused
        said = answer.marked.get("errors") or answer.html[:400]
        raise Lost(f"{expert.name} cannot hand in {answer.path}: {answer.status} {said}")
    return True


def _rule(reviewer: Person, page: Page, project: str, seed: int, tally: Tally) -> None:
    """Give a verdict; the review that opens after it is of this project too, whatever else waits by then."""
    ruling = judgement.ruling(
        seed,
        page.marked.get("answer", ""),
        first_round="Earlier rounds" not in page.html,
        reason=next((code for code in judgement.REJECTED if f'value="{code}"' in page.html), "RNK-1"),
    )
    values: dict[str, Any] = {"verdict": ruling.verdict, "project": project}
    if ruling.verdict != "approve":
        values |= {"reason_code": ruling.reason_code, "clauses": ["3"], "note": ruling.note}
    answer = reviewer.browser.send(page, "/verdict", values)
    if answer.status in {403, 409}:
        return  # sent twice: the first one counted
    if answer.status >= 400:  # noqa: PLR2004 - refused
        raise Lost(f"{reviewer.name}: {answer.status} {answer.marked.get('errors', '')}")
    tally.verdicts[ruling.verdict] = tally.verdicts.get(ruling.verdict, 0) + 1


def _asked(expert: Person) -> list[str]:
    """The tasks on which a reviewer asked for changes."""
    links = expert.browser.get("/tasks?tab=changes").links
    paths = [re.sub(r"^https?://[^/]+", "", link) for link in links if _TASK.search(link)]
    return list(dict.fromkeys(paths))


class Patience:
    """Waits while the clock of the server has to pass (eight seconds of undo), but not for ever."""

    def __init__(self) -> None:
        self._idle = 0.0

    def progressed(self) -> None:
        """Something was done."""
        self._idle = 0.0

    def wait(self, what: str) -> None:
        """Nothing to do right now; Lost when that lasts."""
        if self._idle >= IDLE_SECONDS:
            raise Lost(f"nothing happened for {IDLE_SECONDS:.0f} seconds while waiting for {what}")
        time.sleep(1.0)
        self._idle += 1.0
