"""A person at a browser: opens pages, presses what is named, and every page is checked while they pass."""

import re
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Locator, Page

from tests.conftest import ROOT

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "rules => axe.run({runOnly: rules, resultTypes: ['violations']})"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
Theme = Literal["light", "dark"]


class Visitor:
    """One browser profile with one tab; `faults` are what the console complained of."""

    def __init__(
        self,
        browser: Browser,
        address: str,
        *,
        theme: Theme = "light",
        size: Any = None,
        scripts: bool = True,
        strict: bool = True,
    ) -> None:
        self.context = browser.new_context(
            base_url=address,
            color_scheme=theme,
            reduced_motion="reduce",
            viewport=size or DESK,
            java_script_enabled=scripts,
            locale="en-GB",
            timezone_id="Europe/Zurich",
        )
        self.context.set_default_timeout(15_000)
        self.scripts, self.strict, self.theme = scripts, strict, theme
        self.faults: list[str] = []
        self.page = self.tab()

    def tab(self) -> Page:
        """One more tab of the same person."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{page.url} {error}"))
        page.on("console", lambda said: self._heard(page, said))
        return page

    def _heard(self, page: Page, said: Any) -> None:
        # Chromium reports every 4xx answer as an error; 422 is our form page with its messages
        if said.type == "error" and "status of 422" not in said.text:
            self.faults.append(f"{page.url} {said.text} {said.location}")

    def check(self) -> None:
        """Fails when the console complained; somebody whose network is cut is not strict."""
        assert not self.strict or not self.faults, self.faults

    def go(self, path: str) -> Page:
        """Open a path, and look at what comes."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status < 400, f"{path} answered {answer.status}"
        self.look()
        return self.page

    def press(self, name: str | re.Pattern[str], kind: Literal["button", "link"] = "button") -> Page:
        """Press the one control of this name that leads to another page, and look at it."""
        return self.follow(self.control(name, kind))

    def control(self, name: str | re.Pattern[str], kind: Literal["button", "link"] = "button") -> Locator:
        """The control of this name, by its accessible name."""
        return self.page.get_by_role(kind, name=name, exact=isinstance(name, str))

    def follow(self, control: Locator) -> Page:
        """Press a control that leads to another page, and look at it."""
        with self.page.expect_navigation(wait_until="load"):
            control.click()
        self.look()
        return self.page

    def fill(self, **values: str) -> None:
        """Type into fields by their names in the form."""
        for name, value in values.items():
            self.page.locator(f"[name='{name}']").fill(value)

    def says(self, text: str) -> None:
        """The page says this somewhere a person can see."""
        found = self.page.get_by_text(text).locator("visible=true").first
        found.wait_for(state="visible")

    def look(self) -> None:
        """No sideways scroll and nothing that axe finds; without scripts nobody can look."""
        if not self.scripts:
            return
        wide = sideways(self.page)
        assert not wide, f"{self.page.url} scrolls sideways: {wide}"
        found = violations(self.page)
        assert not found, f"{self.page.url} {found}"

    def look_twice(self) -> None:
        """The same page in the other colours and at the other size; only checkpoints are worth it."""
        theme, size = self.theme, self.page.viewport_size
        self.page.emulate_media(color_scheme="light" if theme == "dark" else "dark")
        self.page.set_viewport_size(PHONE if size == DESK else DESK)
        self.look()
        self.page.emulate_media(color_scheme=theme)
        self.page.set_viewport_size(size or DESK)


def violations(page: Page) -> list[str]:
    """What axe finds, as `rule target`."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE())  # not add_script_tag: our Content-Security-Policy refuses it, rightly
    found = page.evaluate(RUN, RULES)
    return [
        f"{rule['id']} {' '.join(map(str, node['target']))}: {node['failureSummary'][:300]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def sideways(page: Page) -> list[str]:
    """What reaches beyond the right edge when the page as a whole scrolls sideways."""
    found: list[str] = page.evaluate(
        """() => {
          const edge = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= edge) return [];
          return [...document.querySelectorAll("body *")]
            .filter(e => e.getBoundingClientRect().right > edge + 0.5 && e.offsetParent !== null)
            .slice(0, 5).map(e => e.tagName + "." + e.className + " " + (e.textContent ?? "").trim().slice(0, 40));
        }"""
    )
    return found


def shot(page: Page, path: Path) -> None:
    """A picture of what is on the screen."""
    page.screenshot(path=path)
