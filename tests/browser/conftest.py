"""A real browser on a real port.  REQUIRE_BROWSER=1 makes a missing browser a failure."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.house import House
from tests.browser.visitor import Visitor
from tests.conftest import ROOT, migrate

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Enter = Callable[..., Visitor]


def _missing(why: str) -> None:
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(why)
    pytest.skip(f"THE BROWSER TESTS DID NOT RUN: {why}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of this machine; playwright downloads none."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        _missing("no Chromium: apt-get install chromium, or set CHROMIUM")
    if not (ROOT / "static" / "manifest.json").exists():
        _missing("the front end is not built: make static/manifest.json")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with nothing in it, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "assay.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def house(empty_database: Path, tmp_path: Path) -> Iterator[House]:
    """The product, empty, answering on a port."""
    house = House(tmp_path, empty_database)
    house.open()
    yield house
    house.dispose()


@pytest.fixture
def enter(browser: Browser, house: House) -> Iterator[Enter]:
    """Somebody at a browser of their own, in front of `house`."""
    inside: list[Visitor] = []

    def come(**how: Any) -> Visitor:
        inside.append(Visitor(browser, house.address, **how))
        return inside[-1]

    yield come
    for visitor in inside:
        visitor.context.close()
    for visitor in inside:
        visitor.check()
