"""The SDK's way to the emulator: a function call in the same process, no port and no sleeping."""

from collections.abc import Mapping
from typing import Any

import stripe
from requests.structures import CaseInsensitiveDict
from werkzeug.test import create_environ, run_wsgi_app

from marketplace.gateways.stripe.emulator.server import LOST, Emulator


class EmulatorTransport(stripe.HTTPClient):
    """What `stripe.RequestsClient` is to Stripe."""

    name = "emulator"

    def __init__(self, emulator: Emulator) -> None:
        super().__init__()
        self._emulator = emulator

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        """One call of the WSGI application; a lost answer is a broken connection."""
        environ = create_environ(url, method=method.upper(), headers=dict(headers or {}), data=post_data)
        environ["QUERY_STRING"] = url.partition("?")[2]
        parts, status, answered = run_wsgi_app(self._emulator, environ, buffered=True)
        if LOST in answered:
            raise stripe.APIConnectionError(  # type: ignore[no-untyped-call]
                "The connection broke.", should_retry=True
            )
        body = b"".join(parts).decode()
        return body, int(status.partition(" ")[0]), CaseInsensitiveDict(answered.items())

    def close(self) -> None:
        """Nothing stays open."""

    def _sleep_time_seconds(self, num_retries: int) -> float:
        return 0  # nobody on the other side needs a rest
