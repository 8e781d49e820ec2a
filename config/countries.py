"""Countries by ISO 3166 alpha-2 code, from `countries.toml`."""

import tomllib
from pathlib import Path

COUNTRIES: dict[str, str] = tomllib.loads(
    (Path(__file__).parent / "countries.toml").read_text(encoding="utf-8")
)
