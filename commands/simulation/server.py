"""A server and a worker of the simulation's own, when none is running."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import requests

START_SECONDS = 60.0


def answers(base: str) -> bool:
    """Whether a server of ours answers at this address."""
    try:
        return requests.get(f"{base.rstrip('/')}/healthz", timeout=5).ok
    except requests.RequestException:
        return False


@contextmanager
def running() -> Iterator[str]:
    """Start web and worker on a free port of this machine; both end with the block.  Gives the address."""
    port = _free_port()
    base = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "PORT": str(port), "PUBLIC_URL": base, "FLASK_APP": "app"}
    commands = (
        [
            sys.executable,
            "-m",
            "gunicorn",
            "-c",
            "config/gunicorn.py",
            "app:create_app()",
            "--log-level",
            "error",
        ],
        [sys.executable, "-m", "flask", "worker", "--poll", "0.2"],
    )
    processes = [subprocess.Popen(command, env=environment) for command in commands]  # noqa: S603 - our own programs
    try:
        _wait(base)
        yield base
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=30)


def _wait(base: str) -> None:
    waited = 0.0
    while not answers(base):
        if waited >= START_SECONDS:
            raise RuntimeError("the server did not start")
        time.sleep(0.25)
        waited += 0.25


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
