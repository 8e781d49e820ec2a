"""Signed links: what was asked for, by whom, and until when."""

from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from marketplace.kit.errors import Gone


class Signer:
    """Signs values for one purpose each; `keys` newest last, older ones still read."""

    def __init__(self, *keys: str) -> None:
        self._keys = [key for key in keys if key]

    def sign(self, purpose: str, value: Any) -> str:
        """A token for an address; a token of one purpose is worthless for another."""
        return str(self._serializer(purpose).dumps(value))

    def read(self, purpose: str, token: str, *, seconds: int) -> Any:
        """The value, or Gone (410) when the token is older than `seconds`, changed or for something else."""
        try:
            return self._serializer(purpose).loads(token, max_age=seconds)
        except BadSignature as error:
            raise Gone("This link has run out or was already used. Ask for a new one.") from error

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._keys, salt=f"assay.{purpose}")
