"""The glossary of its source: a heading for each term, what it means, its other names, its neighbours."""

import re
from collections.abc import Mapping

from marketplace.learn.models import Glossary, Term
from marketplace.learn.policy import markup
from marketplace.learn.policy.front import Miswritten, split
from marketplace.learn.policy.markup import anchor_of

__all__ = ["anchor_of", "read_glossary"]

NAME = "glossary"
_TERM = re.compile(r"^## +", re.MULTILINE)
_LINE = re.compile(r"^(Also|See): *(.+)$", re.MULTILINE)


def read_glossary(source: str, facts: Mapping[str, str]) -> Glossary:
    """All terms by the alphabet; Miswritten for one that is there twice or names a neighbour that is not."""
    front, text = split(NAME, source)
    before, *parts = _TERM.split(text)
    if before.strip():
        raise Miswritten(f"{NAME}: begin with a term")
    rows = [_parts(part) for part in parts]
    titles = {anchor_of(title): title for title, _, _, _ in rows}
    if len(titles) != len(rows):
        raise Miswritten(f"{NAME}: a term is there twice")
    terms = [_term(row, titles, facts) for row in rows]
    return Glossary(front, tuple(sorted(terms, key=lambda term: term.title.casefold())))


def _parts(part: str) -> tuple[str, str, list[str], list[str]]:
    title, _, body = part.partition("\n")
    named = {name: [word.strip() for word in words.split(",")] for name, words in _LINE.findall(body)}
    return title.strip(), _LINE.sub("", body).strip(), named.get("Also", []), named.get("See", [])


def _term(
    row: tuple[str, str, list[str], list[str]], titles: Mapping[str, str], facts: Mapping[str, str]
) -> Term:
    title, body, also, see = row
    unknown = [word for word in see if anchor_of(word) not in titles]
    if unknown or not body:
        raise Miswritten(f"{NAME}: {title}: {f'no term {unknown[0]}' if unknown else 'say what it means'}")
    html = markup.drawn(title, markup.filled(title, body, facts), {}, under=2)
    neighbours = tuple((anchor_of(word), titles[anchor_of(word)]) for word in see)
    return Term(anchor_of(title), title, tuple(also), html, neighbours, markup.plain(html))
