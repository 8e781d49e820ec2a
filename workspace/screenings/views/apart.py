"""Several items of task types on one page: each with ids of its own."""

import re

from markupsafe import Markup

_PLACES = re.compile(
    r'(?<=[\s"])(id|for|aria-labelledby|aria-describedby|aria-controls|popovertarget|href)="(#?)([^"]*)"'
)


def apart(drawn: Markup, number: int) -> Markup:
    """The markup with `-number` behind every id it has, and behind every place that names one.

    Whatever is labelled is called by its item too (`item-number`, the heading of the page), so that no two
    regions of the page have one name.
    """
    known = set(re.findall(r'(?<=\s)id="([^"]+)"', str(drawn)))

    def renamed(match: re.Match[str]) -> str:
        name, sign, value = match.groups()
        if name == "href" and not sign:
            return match[0]
        words = [f"{word}-{number}" if word in known else word for word in value.split(" ")]
        if name == "aria-labelledby":
            words.insert(0, f"item-{number}")
        return f'{name}="{sign}{" ".join(words)}"'

    return Markup(_PLACES.sub(renamed, str(drawn)))  # noqa: S704 - a template of ours, which has escaped what it shows
