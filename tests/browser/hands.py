"""Somebody who works without a mouse: keys only, and a page that complains of any pointer."""

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.visitor import Visitor

NO_POINTER = """
for (const kind of ["pointerdown", "mousedown", "touchstart"]) {
  addEventListener(kind, event => { if (event.isTrusted) throw new Error("a pointer was used: " + kind); }, true);
}
"""
NAMED = """within => {
  const e = document.activeElement;
  const text = e.getAttribute("aria-label") ?? (e.labels?.length ? e.labels[0].innerText : e.innerText) ?? "";
  return [e === document.body ? "" : text.replace(/\\s+/g, " ").replace(/ (?=[:,])/g, "").trim(), e.matches(within)];
}"""
STOPS = 150  # so many presses of Tab at most on the way to a control


class Hands:
    """The keyboard of a visitor; whoever has hands has no pointer any more."""

    def __init__(self, visitor: Visitor) -> None:
        visitor.context.add_init_script(NO_POINTER)
        self.visitor, self.page = visitor, visitor.page
        # somebody has to listen before the key is pressed, or the browser opens a dialog of its own
        self.page.on("filechooser", lambda _: None)

    def press(self, *keys: str) -> "Hands":
        """One key after the other, such as `a`, `Control+Enter`."""
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def write(self, text: str) -> "Hands":
        """Letter by letter, where the focus is."""
        self.page.keyboard.type(text)
        return self

    def reach(self, selector: str) -> "Hands":
        """Press Tab until the focus stands on something that matches; it may be where it is."""
        for _ in range(STOPS):
            if self.stands_on(selector):
                return self
            self.press("Tab")
        raise AssertionError(f"Tab does not lead to {selector}; it stands on {focused(self.page)}")

    def stands_on(self, selector: str) -> bool:
        """Whether the focus is on something that matches."""
        found: bool = self.page.evaluate("selector => document.activeElement.matches(selector)", selector)
        return found

    def to(self, name: str, *, within: str = "*") -> "Hands":
        """Press Tab until the focus stands on the control that is called this."""
        for _ in range(STOPS):
            said, fits = self.page.evaluate(NAMED, within)
            if fits and said == name:
                return self
            self.press("Tab")
        raise AssertionError(f"Tab does not lead to “{name}” on {self.page.url}")

    def follow(self, name: str, *, within: str = "*") -> "Hands":
        """Press the control that is called this, which leads to another page, and look at that."""
        self.to(name, within=within)
        with self.page.expect_navigation(wait_until="load"):
            self.press("Enter")
        self.visitor.look()
        return self

    def fill(self, **values: str) -> "Hands":
        """Type into fields by their names, in the order they stand in; a list takes the first letters of a choice."""
        for name, value in values.items():
            self.reach(f"[name='{name}']").write(value)
        return self

    def tick(self, *names: str) -> "Hands":
        """Boxes by their names."""
        for name in names:
            self.reach(f"input[name='{name}']").press("Space")
        return self

    def attach(self, file: Path) -> "Hands":
        """Give the form's one field for files this file."""
        self.reach("input[type=file]")
        with self.page.expect_file_chooser() as chooser:
            self.press("Space")
        chooser.value.set_files(file)
        return self

    def choose(self, name: str, value: str) -> "Hands":
        """One of the radios of this name, by Tab and the arrows."""
        self.reach(f"input[name='{name}']")
        for _ in range(12):
            if self.stands_on(f"input[name='{name}'][value='{value}']"):
                return self.press("Space")
            self.press("ArrowRight")
        raise AssertionError(f"the arrows do not lead to {name}={value}; they stand on {focused(self.page)}")


def focused(page: Page) -> str:
    """Where the focus is, to be read by people."""
    said: str = page.evaluate(
        "() => { const e = document.activeElement; return `<${e.tagName.toLowerCase()} id=${e.id} class=${e.className} name=${e.name ?? ''}>` }"
    )
    return said
