"""How many calls may run at once: each holds a thread of a web process that pages need too."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from marketplace.gateways.outbound.targets import Place


class NoSeat(Exception):
    """As many calls are running as may."""


class Seats:
    """Seats of one process: `total` for all calls, `to_one` for those to one place; none takes all."""

    def __init__(self, *, total: int, to_one: int) -> None:
        self._total, self._to_one = total, to_one
        self._lock = threading.Lock()
        self._taken: Counter[Place] = Counter()

    @contextmanager
    def taken(self, place: Place) -> Iterator[None]:
        """A seat while the block runs; NoSeat when there is none."""
        with self._lock:
            if self._taken.total() >= self._total or self._taken[place] >= self._to_one:
                raise NoSeat
            self._taken[place] += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken[place] -= 1
                self._taken += Counter()  # places nobody calls are forgotten
