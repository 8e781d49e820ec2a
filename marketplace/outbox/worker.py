"""The worker: runs messages and ticks the schedule; any number of them side by side."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

import structlog
from apscheduler.events import EVENT_JOB_SUBMITTED, JobSubmissionEvent
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from marketplace.kit import clock
from marketplace.kit.database import Sessions
from marketplace.outbox import service as outbox
from marketplace.outbox.service import Handlers

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Entry:
    """`name` is a handler that sweeps whatever is due: safe to run twice, late or early."""

    name: str
    cron: str


def run(
    sessions: Sessions,
    handlers: Handlers,
    schedule: Sequence[Entry],
    stop: threading.Event,
    *,
    poll_seconds: float = 1.0,
) -> None:
    """Work until `stop` is set.  Any number of these may run side by side."""
    ticker = _ticker(sessions, schedule)
    ticker.start()
    try:
        for entry in schedule:  # what fell due while no worker ran
            outbox.fire(sessions, entry.name, clock.now().replace(second=0, microsecond=0))
        while not stop.is_set():
            if not _one(sessions, handlers):
                stop.wait(poll_seconds)
    finally:
        ticker.shutdown()


def _one(sessions: Sessions, handlers: Handlers) -> bool:
    try:
        return outbox.run_one(sessions, handlers)
    except Exception:
        log.exception("worker_failed")
        return False


def _ticker(sessions: Sessions, schedule: Sequence[Entry]) -> BackgroundScheduler:
    ticker = BackgroundScheduler(timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1})
    for entry in schedule:
        ticker.add_job(_nothing, CronTrigger.from_crontab(entry.cron, timezone=UTC), id=entry.name)

    def fire(event: JobSubmissionEvent) -> None:
        # the scheduled moment, not the present one: a late worker must name the same slot
        outbox.fire(sessions, event.job_id, event.scheduled_run_times[-1])

    ticker.add_listener(fire, EVENT_JOB_SUBMITTED)
    return ticker


def _nothing() -> None: ...
