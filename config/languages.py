"""Languages by ISO 639 code, from `languages.toml`."""

import tomllib
from pathlib import Path

LANGUAGES: dict[str, str] = tomllib.loads((Path(__file__).parent / "languages.toml").read_text())
