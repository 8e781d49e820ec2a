"""How often one address may ask: memory by default, Redis by setting.  Failed sign-ins are rows, not this."""

from typing import Protocol

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address


class Rules(Protocol):
    """Requests a minute from one address, in all and of those that write."""

    @property
    def requests_per_minute(self) -> int: ...
    @property
    def posts_per_minute(self) -> int: ...


def install(app: Flask, *, store: str, rules: Rules, on: bool) -> None:
    """Refuse with 429 and Retry-After above the rules; `store` is `memory://` or a Redis address."""
    limiter = Limiter(
        get_remote_address,
        storage_uri=store,
        strategy="fixed-window",
        in_memory_fallback_enabled=not store.startswith("memory"),  # Redis gone: count here, never fail open
        enabled=on,
        headers_enabled=False,
    )
    limiter.init_app(app)
    reading = limiter.shared_limit(f"{rules.requests_per_minute}/minute", scope="all")
    writing = limiter.shared_limit(
        f"{rules.posts_per_minute}/minute", scope="writing", exempt_when=lambda: request.method in _READING
    )

    def check() -> None:
        if on and request.endpoint not in {None, "static", "favicon"}:
            _nothing()

    _nothing = reading(writing(lambda: None))
    app.before_request(check)


_READING = {"GET", "HEAD", "OPTIONS"}
