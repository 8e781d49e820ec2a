"""How text is folded for searching, and the name of a project in its address."""

import re
import unicodedata
import uuid

from marketplace.kit.ids import code

SLUG_LENGTH = 60


def fold(text: str) -> str:
    """Lower case without accents, so that `Café` finds `CAFE` on both databases."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()


def words(text: str, *, at_most: int = 32) -> tuple[str, ...]:
    """The words of a search in lower case, without repetitions."""
    return tuple(dict.fromkeys(text.casefold().split()))[:at_most]


def slug(title: str, project_id: uuid.UUID) -> str:
    """The name in the address: words of the title and the short code of the id, so that it is unique."""
    plain = re.sub(r"[^a-z0-9]+", "-", fold(title))[:SLUG_LENGTH].strip("-")
    return f"{plain}-{code('', project_id).lstrip('-').lower()}".lstrip("-")
