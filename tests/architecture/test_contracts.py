"""Each import contract bites: a copy of the house in which all of them are violated has every one broken."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT

SETTINGS = ROOT / "pyproject.toml"
NAMES = [c["name"] for c in tomllib.loads(SETTINGS.read_text())["tool"]["importlinter"]["contracts"]]
# contract -> (file, a line it must not hold)
VIOLATIONS = {
    "The house: commands > workspace > marketplace > config": (
        "marketplace/ledger/policy.py",
        "import workspace.queue.models",
    ),
    "Marketplace floors": ("marketplace/ledger/events.py", "import marketplace.payouts.models"),
    "Workspace floors": ("workspace/queue/events.py", "import workspace.reviews.models"),
    "Task types know their base, never each other": (
        "workspace/task_types/golden_response/__init__.py",
        "import workspace.task_types.response_ranking",
    ),
    "Files of a business room: the fixed set, in this order": ("marketplace/billing/utils.py", ""),
    "Files of the outbox": ("marketplace/outbox/helpers.py", ""),
    "The domain does not know the web": ("marketplace/billing/models.py", "import flask"),
    "Task types are pure": ("workspace/task_types/base/__init__.py", "import sqlalchemy"),
    "Only a gateway opens a connection": ("workspace/exports/service/__init__.py", "import requests"),
    "Only the worker owns a clock": ("marketplace/payouts/policy.py", "import apscheduler"),
    "Doors never call doors": ("marketplace/billing/api.py", "import marketplace.payouts.staff"),
    "Doors open on the roof only": ("marketplace/chrome.py", "import marketplace.companies.views"),
    "Forms are for doors": (
        "marketplace/applications/service/__init__.py",
        "import marketplace.companies.forms",
    ),
    "The roof is for app.py alone": ("commands/tasks.py", "import marketplace.handlers"),
    "No cycles anywhere": ("marketplace/kit/ids.py", "import marketplace.kit.database"),
}


def test_every_contract_has_a_violation() -> None:
    assert sorted(VIOLATIONS) == sorted(NAMES)


def said_by_the_linter(house: Path) -> str:
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house)},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stdout + run.stderr


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says of a house where everything is violated at once."""
    house = tmp_path_factory.mktemp("house")
    shutil.copy(SETTINGS, house)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, house / package, ignore=shutil.ignore_patterns("__pycache__"))
    for file, line in VIOLATIONS.values():
        path = house / file
        known = path.read_text() if path.exists() else ""
        path.write_text(f"{known}\n{line}\n")
    return said_by_the_linter(house)


@pytest.mark.parametrize("name", NAMES)
def test_a_violation_breaks_its_contract(verdicts: str, name: str) -> None:
    assert f"{name} BROKEN" in verdicts
