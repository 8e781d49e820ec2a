"""The files of `docs/learn`, as they are written."""

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "learn"


def guides() -> dict[str, str]:
    """The source of every guide by its slug."""
    return {path.stem: path.read_text() for path in sorted((FOLDER / "guides").glob("*.md"))}


def glossary() -> str:
    """The source of the glossary."""
    return (FOLDER / "glossary.md").read_text()


def figures() -> dict[str, str]:
    """The figures by name: HTML of ours, which a text calls by `{figure NAME}`."""
    return {path.stem: path.read_text() for path in sorted((FOLDER / "figures").glob("*.html"))}
