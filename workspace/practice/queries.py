"""The tasks to practise on, as they are written."""

from pathlib import Path

FOLDER = Path(__file__).parent / "items"


def items() -> dict[str, str]:
    """The source of every task by its slug."""
    return {path.stem: path.read_text() for path in sorted(FOLDER.glob("*.toml"))}
