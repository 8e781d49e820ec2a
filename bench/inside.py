"""What is measured inside one process: a claim alone, and the statements of a page."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.world import World, application, build
from marketplace.applications import queries as applications
from marketplace.experts import queries as experts
from marketplace.identity import service as identity
from marketplace.kit.application import Application
from marketplace.kit.database import transaction
from marketplace.projects import queries as projects
from workspace.queue import service as queue

SIZES = (1_000, 10_000, 100_000)
REPEATS = 200
PAGES = {
    "visitor": ("/", "/jobs", "/jobs/{slug}", "/how-pay-works"),
    "expert": ("/jobs", "/jobs/{slug}", "/tasks", "/earnings", "/profile", "/inbox"),
    "reviewer": ("/reviews", "/earnings"),
}


class _Undo(Exception):
    """Ends the transaction without keeping the claim."""


def claim_latency(kind: str, address: Callable[[str], str]) -> None:
    """Print the median time of a claim at each size, and its ratio to the smallest."""
    first = None
    for size in SIZES:
        url = address(f"latency_{kind}_{size}")
        var = Path(url.rpartition("///")[2]).parent if kind == "sqlite" else Path("/")
        world = build(url, var, tasks=size, people=1)
        app = application(url, var)
        middle = _median_claim(app, world)
        first = first or middle
        print(f"{kind:<12}{size:>9,} tasks {middle * 1000:>8.2f} ms   ratio {middle / first:.2f}", flush=True)
        app.sessions.kw["bind"].dispose()


def _median_claim(app: Application, world: World) -> float:
    times = []
    for _ in range(REPEATS):
        try:
            with transaction(app.sessions) as session:
                user = identity.visitor(session, world.experts[0]).user
                expert = experts.for_user(session, user.id)
                project = projects.by_slug_public(session, world.slug)
                engagement = applications.active_engagement(session, expert.id, project.id)
                began = time.perf_counter()
                queue.claim(session, user=user, expert=expert, engagement=engagement, project=project)
                times.append(time.perf_counter() - began)
                raise _Undo
        except _Undo:
            continue
    return statistics.median(times)


def statements_per_page(url: str, var: Path) -> None:
    """Print how many statements each page runs."""
    var.mkdir(exist_ok=True)
    world = build(url, var, tasks=10_000, people=1)
    app = application(url, var)
    seen: list[str] = []
    sa.event.listen(app.sessions.kw["bind"], "before_cursor_execute", lambda *said: seen.append(said[2]))
    tokens: dict[str, Any] = {"visitor": None, "expert": world.experts[0], "reviewer": world.reviewers[0]}
    for part, paths in PAGES.items():
        client = app.test_client()
        if tokens[part]:
            client.set_cookie(app.cookie, tokens[part])
        for path in paths:
            client.get(path.format(slug=world.slug))
            seen.clear()
            status = client.get(path.format(slug=world.slug)).status_code
            run = [one for one in seen if not one.startswith(("PRAGMA", "BEGIN", "SAVEPOINT"))]
            print(f"{part:<10}{path:<18}{status:>5}{len(run):>5} statements")
    app.sessions.kw["bind"].dispose()
