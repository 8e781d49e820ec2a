"""One more type is a folder, its templates and its line in the registry: proven in a copy of the house.

The type of `headline/` exists nowhere else.  The copy gets it the way `docs/task-types.md` says, and nothing more.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PARTS = ("config", "marketplace", "workspace", "commands", "templates", "migrations", "tests", "static")
HEADLINE = Path(__file__).parent / "headline"
LAST = "response_ranking"  # the new type stands behind it, in the import and in the list


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with one more type."""
    house = tmp_path_factory.mktemp("house")
    for file in ("app.py", "pyproject.toml"):
        shutil.copy(ROOT / file, house)
    for part in PARTS:
        if (ROOT / part).exists():
            shutil.copytree(ROOT / part, house / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(HEADLINE / "kind", house / "workspace/task_types/headline")
    shutil.copytree(HEADLINE / "templates", house / "templates/workspace/task_types/headline")
    _list(house / "workspace/task_types/registry.py")
    return house


def _list(registry: Path) -> None:
    known = registry.read_text()
    for line in (f"    {LAST},\n", f"        {LAST}.TYPE,\n"):
        assert known.count(line) == 1
        known = known.replace(line, line + line.replace(LAST, "headline"))
    registry.write_text(known)


def run(house: Path, *command: str) -> str:
    """What a command says in the copy, after it has succeeded there."""
    done = subprocess.run(
        command,
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


def test_it_keeps_the_promises_of_every_type(house: Path) -> None:
    tests = ("tests/contracts/test_task_types.py", "tests/contracts/test_task_type_templates.py")
    python = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
    said = run(house, *python, *tests, "-k", "headline or offered or a_slug")
    assert " passed" in said
    assert "failed" not in said


def test_it_goes_through_the_house(house: Path) -> None:
    python = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
    said = run(house, *python, "tests/contracts/headline/through.py", "-k", "not postgresql")
    assert "4 passed" in said


def test_it_is_under_the_import_contracts(house: Path) -> None:
    linter = str(Path(sys.executable).with_name("lint-imports"))
    assert "0 broken" in run(house, linter, "--no-cache")
    init = house / "workspace/task_types/headline/__init__.py"
    kept = init.read_text()
    init.write_text(f"{kept}\nimport workspace.task_types.rating\n")
    broken = subprocess.run(
        [linter, "--no-cache"],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house)},
        capture_output=True,
        text=True,
        check=False,
    )
    init.write_text(kept)
    assert "Task types know their base, never each other BROKEN" in broken.stdout
