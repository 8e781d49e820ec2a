"""`make bench`: claim-submit-approve cycles over HTTP, claim latency, queries per page, on both databases."""

import argparse
import contextlib
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import browser, crowd, inside, load, matching, money, versus
from bench.world import SECRET, World, build
from commands.simulation.server import answers
from tests import postgres
from tests.conftest import fresh_postgres, migrate

CLIENTS = (1, 8, 32)


def main() -> None:
    """Print every table; `--quick` takes fewer sizes and less time."""
    parser = argparse.ArgumentParser(prog="make bench", description=main.__doc__)
    parser.add_argument("--quick", action="store_true", help="10,000 tasks only, five seconds each")
    parser.add_argument("--browser", action="store_true", help="only what is measured in a browser")
    parser.add_argument("--matching", metavar="FOLDER", type=Path, help="only text fit, on recorded data")
    parser.add_argument(
        "--crowd", type=int, nargs="+", metavar="N", help="only N people and N jobs: board, search, who fits"
    )
    parser.add_argument("--money", action="store_true", help="only approvals and `ledger verify`")
    chosen = parser.parse_args()
    if chosen.matching:
        matching.report(chosen.matching)
        return
    quick = chosen.quick
    sizes, seconds = ((10_000,), 5.0) if quick else ((10_000, 100_000), 15.0)
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
        if chosen.crowd:
            _crowd(Path(folder), chosen.crowd)
            return
        if chosen.money:
            _money(Path(folder), quick=quick)
            return
        if not chosen.browser:
            _servers(Path(folder), sizes, seconds)
            _money(Path(folder), quick=quick)
        _browser(Path(folder), runs=20 if quick else 50)


def _servers(folder: Path, sizes: tuple[int, ...], seconds: float) -> None:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(postgres.server())
        print("Cycles a second over HTTP (claim, submit, approve), by open tasks and clients")
        print(f"{'database':<12}{'tasks':>9}{'clients':>9}{'cycles/s':>10}{'claim p50 ms':>14}{'errors':>8}")
        for kind in ("sqlite", "postgresql"):
            for size in sizes:
                _cycles(kind, server, folder, size, seconds)
        print("\nClaim latency inside the process, median of 200 (ratio to 1,000 tasks: at most 1.5)")
        for kind in ("sqlite", "postgresql"):
            inside.claim_latency(kind, lambda name, k=kind: _address(k, server, folder, name))
        print("\nStatements a page runs (10,000 tasks)")
        inside.statements_per_page(_address("sqlite", server, folder, "pages"), folder / "pages")


def _money(folder: Path, *, quick: bool) -> None:
    print(
        "\nApprovals (two entries, three postings, one durable commit) beside bare INSERTs of the same rows"
    )
    print(money.HEAD)
    seconds, postings = (3.0, 60_000) if quick else (15.0, 1_000_000)
    with postgres.server() as server:
        for kind in ("sqlite", "postgresql"):
            money.report(
                kind,
                lambda name, k=kind: _address(k, server, folder, name),
                seconds=seconds,
                postings=postings,
            )


def _crowd(folder: Path, sizes: Sequence[int]) -> None:
    print(versus.HEAD)
    counts = []
    with postgres.server() as server:
        for size in sizes:
            found: dict[str, int] = {}
            for kind in ("sqlite", "postgresql"):
                var = folder / f"{kind}_{size}"
                var.mkdir()
                found |= crowd.compare(
                    kind, _address(kind, server, var, f"crowd_{kind}_{size}"), var, size=size
                )
            counts.append(found)
    moved = sorted(name for name in counts[0] if len({found[name] for found in counts}) > 1)
    if len(sizes) > 1:
        print(
            f"statements differ by size: {', '.join(moved)}" if moved else "statements: the same at each size"
        )


def _browser(folder: Path, *, runs: int) -> None:
    with browser.chromium() as found:
        if found is None:
            print("\nNo Chromium: nothing was measured in a browser")
            return
        print(f"\n{'One expert, ranking, SQLite':<28}{'median':>7}{'p95':>9}")
        var = folder / "browser"
        var.mkdir()
        world = build(f"sqlite:///{folder}/browser.db", var, tasks=1_000, people=1)
        with _serving(world) as base:
            browser.next_task(found, base, world, runs=runs)
        print("\nWhat a page loads, kB after gzip")
        migrate(f"sqlite:///{folder}/empty.db")
        browser.weights(found, var, folder / "empty.db")


def _cycles(kind: str, server: str, folder: Path, size: int, seconds: float) -> None:
    name = f"{kind}_{size}"
    var = folder / name
    var.mkdir()
    world = build(_address(kind, server, folder, name), var, tasks=size, people=max(CLIENTS))
    with _serving(world) as base:
        for clients in CLIENTS:
            count = load.run(base, world, clients=clients, warm_seconds=10.0, seconds=seconds)
            middle = sorted(count.claims)[len(count.claims) // 2] * 1000 if count.claims else 0.0
            rate = count.cycles / seconds
            print(
                f"{kind:<12}{size:>9,}{clients:>9}{rate:>10.1f}{middle:>14.1f}{count.errors:>8}", flush=True
            )


def _address(kind: str, server: str, folder: Path, name: str) -> str:
    if kind == "sqlite":
        return f"sqlite:///{folder}/{name}.db"
    return fresh_postgres(server, f"bench_{name}")


@contextlib.contextmanager
def _serving(world: World) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "PORT": str(port),
        "PUBLIC_URL": base,
        "DATABASE_URL": world.url,
        "VAR_DIR": str(world.var),
        "SECRET_KEY": SECRET,
        "RATE_LIMITS": "0",
        "FLASK_APP": "app",
        "LOG_LEVEL": "ERROR",
    }
    python = [sys.executable, "-m"]
    processes = [
        subprocess.Popen(
            [*python, "gunicorn", "-c", "config/gunicorn.py", "app:create_app()", "--log-level", "error"],
            env=environment,
        ),
        subprocess.Popen([*python, "flask", "worker", "--poll", "0.2"], env=environment),
    ]
    try:
        while not answers(base):
            time.sleep(0.2)
        yield base
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=60)


if __name__ == "__main__":
    main()
