"""Why a company may say it did not choose somebody, from `choices.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ChoiceReason:
    """One reason: `title` for the company's list, `said` for the sentence the expert reads."""

    code: str
    title: str
    said: str


_ROWS = tomllib.loads((Path(__file__).parent / "choices.toml").read_text())["reason"]
REASONS: Mapping[str, ChoiceReason] = {row["code"]: ChoiceReason(**row) for row in _ROWS}
