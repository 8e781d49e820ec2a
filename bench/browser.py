"""In a browser: from the last key of one task to the next one, and what a page weighs on its way."""

import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.world import World
from tests.browser.conftest import FLAGS
from tests.browser.desk import desk
from tests.browser.house import House
from tests.browser.test_weight import open_review
from tests.browser.visitor import Visitor
from tests.browser.ways.all import WAYS
from tests.browser.weight import Weight

COOKIE = "signin"
WHY = "The second one says what to do first and why, and the others leave the reader with a question."


@contextmanager
def chromium() -> Iterator[Browser | None]:
    """Chromium of this machine; None where there is none."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        yield None
        return
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


def next_task(browser: Browser, base: str, world: World, *, runs: int) -> None:
    """Print how long it takes from submitting to a next task that can be done, beside a bare page load."""
    context = browser.new_context(base_url=base, viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": COOKIE, "value": world.experts[0], "url": base}])
    page = context.new_page()
    page.goto(f"/jobs/{world.slug}")
    page.locator("form[action$='/start'] button").first.click()
    loads, submits = [], []
    for _ in range(runs):
        page.locator("body[data-live]").wait_for()
        loads.append(_timed_load(page))
        submits.append(_timed_submit(page))
    context.close()
    _say("bare page load", loads)
    _say("submit to the next task", submits)
    ratios = [submit / load for submit, load in zip(submits, loads, strict=True)]
    print(f"{'ratio':<26}{statistics.median(ratios):>9.2f}{_p95(ratios):>9.2f}")


def _say(what: str, seconds: list[float]) -> None:
    print(f"{what:<26}{statistics.median(seconds) * 1000:>6.0f} ms{_p95(seconds) * 1000:>6.0f} ms")


def _p95(values: list[float]) -> float:
    return sorted(values)[max(0, round(0.95 * len(values)) - 1)]


def _timed_load(page: Page) -> float:
    began = time.perf_counter()
    page.goto(page.url)
    page.locator("body[data-live]").wait_for()
    return time.perf_counter() - began


def _timed_submit(page: Page) -> float:
    """Answer by keys, wait until the draft is saved, then measure the sending alone."""
    page.keyboard.press("b")
    page.keyboard.press("1")
    page.keyboard.press("w")
    page.keyboard.insert_text(WHY)
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.querySelector('#saved span')?.textContent === 'Draft saved'")
    before = page.url
    for _ in range(2):  # a caution is asked about once
        began = time.perf_counter()
        page.keyboard.press("Control+Enter")
        page.wait_for_function(
            "before => (location.href !== before && document.body.dataset.live !== undefined)"
            " || document.querySelector('#cautions')?.hidden === false",
            arg=before,
        )
        if page.url != before:
            return time.perf_counter() - began
    raise RuntimeError(f"the answer was not taken: {page.locator('#problems').inner_text()}")


def weights(browser: Browser, folder: Path, empty: Path) -> None:
    """Print what every workspace, the review and the board load, in kB after gzip; maths apart."""
    print(f"{'page':<34}{'css':>8}{'js':>8}{'maths':>8}{'fonts':>8}")
    house = House(folder, empty)
    house.open()
    try:
        for way in WAYS:
            visitor = Visitor(browser, house.address)
            scales = Weight(visitor.page)
            desk(house, visitor, way).open()
            _row(f"workspace: {way.id}", scales)
            visitor.context.close()
        for name in ("review", "board"):
            visitor = Visitor(browser, house.address)
            path = open_review(house, visitor) if name == "review" else "/jobs"
            scales = Weight(visitor.page)
            visitor.page.goto(path)
            _row(name, scales)
            visitor.context.close()
    finally:
        house.dispose()


def _row(name: str, scales: Weight) -> None:
    found = scales.weigh()
    print(f"{name:<34}" + "".join(f"{found[kind] / 1000:>8.1f}" for kind in ("css", "js", "maths", "fonts")))
