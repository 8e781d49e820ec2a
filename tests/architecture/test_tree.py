"""The checkout builds anywhere: no registry, no machine, no secret stands in it."""

import json
import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, name, tree

LOCKS = ("requirements.lock", "requirements-dev.lock")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")
FORBIDDEN = {
    r"(?<![\w.])/(?:work|root)/\w": "a path of one machine",
    r"(?<![\w.])/home/[a-z]\w*/": "a path of one person",
    r"(?<![\w.])/tmp/\w": "a path that belongs to nobody",
    r"pythonhosted\.org|//pypi\.|registry\.npmjs|registry\.yarnpkg|npmmirror|artifactory|jfrog": "a registry",
    r"--(?:extra-)?index-url|^\s*registry\s*=": "a registry",
    r"\b[rs]k_(?:live|test)_\w{16,}|\bwhsec_\w{16,}|\bAKIA[0-9A-Z]{16}\b": "a key",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----": "a private key",
}
ALLOWED = {
    "tests/architecture/test_tree.py": "says what is forbidden",
}


def text(path: Path) -> str:
    """What a file says; pictures and fonts say nothing."""
    raw = path.read_bytes()
    return "" if b"\0" in raw else raw.decode(errors="replace")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_hashes_and_no_address(lock: str) -> None:
    lines = (ROOT / lock).read_text().splitlines()
    assert [line for line in lines if "://" in line] == []
    packages = [line for line in lines if re.match(r"[a-z0-9]", line)]
    assert len(packages) > 20
    assert [line for line in packages if "==" not in line] == []
    entries = re.split(r"\n(?=[a-z0-9])", "\n".join(lines))
    assert [entry.split()[0] for entry in entries if not HASH.search(entry)] == []


def test_both_locks_agree() -> None:
    runtime, development = ({*_pins(ROOT / lock)} for lock in LOCKS)
    assert runtime <= development


def _pins(lock: Path) -> list[str]:
    return re.findall(r"^([a-z0-9][^\s;]*==[^\s;\\]+)", lock.read_text(), re.MULTILINE)


def test_the_lock_of_the_front_end_names_no_place() -> None:
    raw = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in raw
    packages = {where: about for where, about in json.loads(raw)["packages"].items() if where}
    assert packages
    assert [where for where, about in packages.items() if "integrity" not in about] == []


def test_npm_runs_nobodys_scripts_and_writes_no_place() -> None:
    said = (ROOT / ".npmrc").read_text().split()
    assert {"ignore-scripts=true", "omit-lockfile-registry-resolved=true"} <= {*said}


def test_nothing_in_the_tree_belongs_to_one_machine() -> None:
    found = [
        f"{name(path)}: {what}: {line.strip()[:80]}"
        for path in tree()
        if name(path) not in ALLOWED
        for line in text(path).splitlines()
        for pattern, what in FORBIDDEN.items()
        if re.search(pattern, line)
    ]
    assert len(tree()) > 400
    assert found == []


def test_nothing_is_left_to_do() -> None:
    later = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
    mine = {"pyproject.toml", name(Path(__file__)), "package-lock.json"}
    found = [
        f"{name(path)}: {line.strip()[:80]}"
        for path in tree()
        if name(path) not in mine
        for line in text(path).splitlines()
        if later.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("sqlite:////work/main/var/assay.db", True),
        ("open('/root/key')", True),
        ("cd /home/ada/assay", True),
        ("--index-url https://pypi.example/simple", True),
        ("registry=https://packages.example/", True),
        ("STRIPE_SECRET_KEY=sk_test_" + "4" * 24, True),
        ("STRIPE_SECRET_KEY=sk_test_...", False),
        ('"/jobs/work/x"', False),
        ("https://docs.stripe.com/work/x", False),
        ("kind = registry.get(slug)", False),
        ("/workspace/reviews", False),
    ],
)
def test_the_law_itself_sees(line: str, caught: bool) -> None:
    assert any(re.search(pattern, line) for pattern in FORBIDDEN) is caught
