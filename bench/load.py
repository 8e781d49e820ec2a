"""Clients that claim, submit and approve over HTTP, each an expert and a reviewer."""

import re
import threading
import time
from dataclasses import dataclass, field

import requests

from bench.world import World

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
ANSWER = {
    "rank-r1": "2",
    "rank-r2": "1",
    "rank-r3": "3",
    "gap-1": "1",
    "gap-2": "2",
    "seen": ["r1", "r2", "r3"],
    "why": "The second one says what to do first and why, and the others leave the reader with a question.",
    "confirmed": ["order_unchanged", "longest_first", "too_fast", "like_other_text", "pii_added"],
    "stop": "1",
}


@dataclass(slots=True)
class Count:
    """What all clients together did after the warm-up."""

    cycles: int = 0
    errors: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    claims: list[float] = field(default_factory=list)

    def add(self, *, cycles: int = 0, errors: int = 0, claim: float | None = None) -> None:
        """Count, from any thread."""
        with self.lock:
            self.cycles += cycles
            self.errors += errors
            if claim is not None:
                self.claims.append(claim)


class Visitor:
    """A signed-in browser that knows the forms by heart."""

    def __init__(self, base: str, token: str, first: str) -> None:
        self._base = base
        self._http = requests.Session()
        self._http.cookies.set("signin", token)
        page = self._http.get(base + first, timeout=30).text
        found = TOKEN.search(page)
        if found is None:
            raise RuntimeError(f"{first} has no form")
        self._csrf = found.group(1)

    def post(self, path: str, data: dict[str, object] | None = None) -> requests.Response:
        """Send a form; redirects are not followed."""
        body = {"csrf_token": self._csrf, **(data or {})}
        return self._http.post(self._base + path, data=body, timeout=60, allow_redirects=False)


def run(base: str, world: World, *, clients: int, warm_seconds: float, seconds: float) -> Count:
    """Let `clients` work side by side; returns what they did in `seconds` after the warm-up."""
    count, stop, counting = Count(), threading.Event(), threading.Event()
    threads = [
        threading.Thread(target=_client, args=(base, world, number, count, stop, counting))
        for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    time.sleep(warm_seconds)
    counting.set()
    time.sleep(seconds)
    counting.clear()
    stop.set()
    for thread in threads:
        thread.join()
    return count


def _client(
    base: str, world: World, number: int, count: Count, stop: threading.Event, counting: threading.Event
) -> None:
    expert = Visitor(base, world.experts[number], f"/jobs/{world.slug}")
    reviewer = Visitor(base, world.reviewers[number], "/reviews")
    while not stop.is_set():
        began = time.perf_counter()
        started = expert.post(f"/jobs/{world.slug}/start")
        took = time.perf_counter() - began
        task = started.headers.get("Location", "")
        handed = expert.post(re.sub(r"^https?://[^/]+", "", task) + "/submit", ANSWER) if task else started
        good = handed.status_code < 400 and "/tasks/" in task
        approved = _approve(reviewer)
        if counting.is_set():
            count.add(cycles=approved, errors=int(not good), claim=took)


def _approve(reviewer: Visitor) -> int:
    opened = reviewer.post("/reviews/next").headers.get("Location", "")
    review = re.search(r"/reviews/[0-9a-f-]{36}", opened)
    if review is None:
        return 0
    return int(reviewer.post(review.group(0) + "/verdict", {"verdict": "approve"}).status_code < 400)
