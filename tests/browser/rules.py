"""What a page is measured by: focus that is seen, targets that can be hit, keys that stay letters."""

from typing import Any

from playwright.sync_api import Page

LEAST_TARGET, MAIN_TARGET = 24, 44
MAIN = "#submit, .wdock a, .wrail button, .rtabs button, .etabs button"

# The part that is seen of a control whose input is drawn by its label.
SEEN = """
const seen = e => {
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const hidden = box.width < 2 || box.height < 2 || style.opacity === '0' || style.clip === 'rect(0px, 0px, 0px, 0px)' || style.clipPath !== 'none';
  return hidden ? (e.closest('label') ?? e.parentElement) : (e.type === 'radio' || e.type === 'checkbox') ? (e.closest('label') ?? e) : e;
};
"""

STOP = f"""() => {{
  {SEEN}
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const part = seen(e), box = part.getBoundingClientRect();
  const ringed = [e, part, ...part.querySelectorAll('*')].some(node => {{
    const style = getComputedStyle(node);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1.5;
  }});
  const points = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].map(([x, y]) => [box.left + box.width * x, box.top + box.height * y]);
  const free = points.some(([x, y]) => {{
    const top = document.elementFromPoint(x, y);
    return top && (part.contains(top) || top.contains(part) && !top.matches('header, nav, aside, .wdock, .wsubmit'));
  }});
  return {{name: `${{e.tagName.toLowerCase()}}#${{e.id}}.${{e.className}}[${{e.name ?? ''}}] ${{(e.textContent ?? '').trim().slice(0, 30)}}`, ringed, free, place: [box.left, box.top, box.width, box.height].map(Math.round)}};
}}"""

SMALL = f"""least => {{
  {SEEN}
  return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]')]
    .filter(e => e.checkVisibility({{opacityProperty: false, visibilityProperty: true}}) && !e.closest('dialog:not([open]), [inert]'))
    .filter(e => !(e.tagName === 'A' && getComputedStyle(e).display === 'inline'))
    .map(e => [e, seen(e).getBoundingClientRect()])
    .filter(([e, box]) => box.width > 0 && box.right > 0 && (box.width < least - 0.5 || box.height < least - 0.5))
    .filter(([e]) => !e.classList.contains('skip'))
    .map(([e, box]) => `${{e.tagName.toLowerCase()}}#${{e.id}}.${{e.className}}[${{e.name ?? ''}}] ${{Math.round(box.width)}}x${{Math.round(box.height)}}`);
}}"""


def walk(page: Page, most: int = 200) -> list[dict[str, Any]]:
    """Every stop of Tab from the top of the page until it comes round again."""
    page.evaluate("() => { document.activeElement?.blur?.(); scrollTo(0, 0) }")
    stops: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            break
        stops.append(stop)
    return stops


def small_targets(page: Page) -> list[str]:
    """Controls smaller than a target may be."""
    found: list[str] = page.evaluate(SMALL, LEAST_TARGET)
    return found


def small_main_targets(page: Page) -> list[str]:
    """Main controls that a thumb would miss."""
    found: list[str] = page.evaluate(
        """([selector, least]) => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility())
             .map(e => [e, e.getBoundingClientRect()]).filter(([e, box]) => box.height < least - 0.5)
             .map(([e, box]) => `${e.tagName}#${e.id}.${e.className} ${Math.round(box.width)}x${Math.round(box.height)}`)""",
        [MAIN, MAIN_TARGET],
    )
    return found
