"""One guide of its source."""

from collections.abc import Mapping

from marketplace.kit.money import ceil_div
from marketplace.learn.models import Guide
from marketplace.learn.policy import markup
from marketplace.learn.policy.front import split

WORDS_A_MINUTE = 200


def read_guide(slug: str, source: str, facts: Mapping[str, str], figures: Mapping[str, str]) -> Guide:
    """The guide, drawn; Miswritten when its source breaks a rule."""
    front, text = split(slug, source)
    html, headings = markup.anchored(markup.drawn(slug, markup.filled(slug, text, facts), figures))
    words = markup.plain(html)
    return Guide(slug, front, html, headings, words, ceil_div(len(words.split()), WORDS_A_MINUTE))
