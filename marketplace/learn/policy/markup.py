"""From the Markdown of a text to HTML: facts filled in, links inside the product, figures, anchors."""

import re
from collections.abc import Mapping

from markupsafe import Markup, escape

from marketplace.kit.markdown import render_markdown
from marketplace.learn.models import Heading
from marketplace.learn.policy.front import Miswritten

_FACT = re.compile(r"\{\{ *([a-z_]+) *\}\}")
_LINK = re.compile(r"\[\[([^\[\]\n]+?)(?:::([^\[\]\n]+?))?\]\]")
_FIGURE = re.compile(r'<p dir="auto">\{figure ([a-z-]+)\}</p>')
_HEADING = re.compile(r'<h2( dir="auto")?>(.*?)</h2>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
GLOSSARY = "/glossary"


def anchor_of(title: str) -> str:
    """The anchor of a title: `Krippendorff's alpha` is `krippendorffs-alpha`."""
    return _NOT_A_WORD.sub("-", title.lower().replace("'", "").replace("’", "")).strip("-")


def filled(name: str, text: str, facts: Mapping[str, str]) -> str:
    """The text with the words of every `{{ fact }}`; Miswritten for one nobody knows."""

    def word(found: re.Match[str]) -> str:
        if found[1] not in facts:
            raise Miswritten(f"{name}: no fact is called {found[1]}")
        return facts[found[1]]

    return _FACT.sub(word, text)


def drawn(name: str, text: str, figures: Mapping[str, str], under: int = 1) -> Markup:
    """Safe HTML of a text whose facts are filled in.

    `[[golden response]]` leads to the glossary, `[[golden response::such answers]]` with other words,
    `[[/jobs::the board]]` to a page of ours; a line `{figure NAME}` is the figure of that name.
    """
    html = str(render_markdown(text, under))
    if '<div class="plain"' in html:
        raise Miswritten(f"{name}: too long or too deep to be drawn")

    def figure(found: re.Match[str]) -> str:
        if found[1] not in figures:
            raise Miswritten(f"{name}: no figure is called {found[1]}")
        return figures[found[1]]

    return Markup(_FIGURE.sub(figure, _LINK.sub(_link, html)))  # noqa: S704 - cleaned; figures are ours


def anchored(html: Markup) -> tuple[Markup, tuple[Heading, ...]]:
    """The same with an id on every heading of the second level, and these headings."""
    headings: list[Heading] = []

    def heading(found: re.Match[str]) -> str:
        title = Markup(_TAG.sub("", found[2])).unescape()  # noqa: S704 - taken apart, not shown
        headings.append(Heading(anchor_of(title), title))
        return f'<h2 id="{headings[-1].anchor}" dir="auto">{found[2]}</h2>'

    return Markup(_HEADING.sub(heading, str(html))), tuple(headings)  # noqa: S704 - ids are letters and dashes


def plain(html: Markup) -> str:
    """What a person reads, on one line."""
    return " ".join(Markup(_TAG.sub(" ", str(html))).unescape().split())  # noqa: S704 - taken apart, not shown


def _link(found: re.Match[str]) -> str:
    target, words = found[1].strip(), (found[2] or "").strip()
    if target.startswith("/"):
        return f'<a href="{target}">{words or target}</a>'
    term = Markup(target).unescape()  # noqa: S704 - only an anchor is made of it
    return f'<a class="term" href="{GLOSSARY}#{escape(anchor_of(term))}">{words or target}</a>'
