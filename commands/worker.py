"""`worker`: keep the promises of the outbox and tick the schedule, until told to stop."""

import signal
import threading
from typing import Any

import click
from flask.cli import with_appcontext

from commands.setting import sessions, wired
from marketplace.outbox import worker as outbox
from marketplace.outbox.service import Handlers, run_all
from marketplace.outbox.worker import Entry


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
@click.option("--poll", default=1.0, show_default=True, help="Seconds between looks when nothing is due.")
@with_appcontext
def worker(*, once: bool, poll: float) -> None:
    """Run messages and the schedule; any number of workers may run side by side."""
    handlers: Handlers = wired(Handlers)
    if once:
        click.echo(f"{run_all(sessions(), handlers)} messages done")
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stopper(stop))
    outbox.run(sessions(), handlers, wired(list[Entry]), stop, poll_seconds=poll)


def _stopper(stop: threading.Event) -> Any:
    return lambda *_: stop.set()
