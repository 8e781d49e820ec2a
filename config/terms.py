"""What an expert signs with an offer, from `terms.toml`."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TermsClause:
    """One paragraph of the terms."""

    title: str
    text: str


_ROWS = tomllib.loads((Path(__file__).parent / "terms.toml").read_text())
TERMS_VERSION: str = _ROWS["version"]
TERMS = tuple(TermsClause(**row) for row in _ROWS["clause"])
