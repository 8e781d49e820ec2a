"""Sealed texts: secrets of others, unreadable in the database and its backups; some of them comparable."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


class CannotOpen(Exception):
    """The text was sealed with a key that is gone, for another purpose, or was changed."""


class Sealer:
    """Seals texts for one purpose each; `keys` newest last, older ones still open."""

    def __init__(self, *keys: str) -> None:
        self._keys = [key for key in keys if key]

    def seal(self, purpose: str, text: str) -> str:
        """The text so that only `open` with the same purpose reads it; never twice the same."""
        return self._fernet(purpose).encrypt(text.encode()).decode()

    def open(self, purpose: str, sealed: str) -> str:
        """The text again, or CannotOpen."""
        try:
            return self._fernet(purpose).decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise CannotOpen(purpose) from None

    def digest(self, purpose: str, text: str) -> str:
        """A keyed fingerprint under the newest key: equal for equal texts, and nothing without the key."""
        return self.digests(purpose, text)[0]

    def digests(self, purpose: str, text: str) -> list[str]:
        """The fingerprint under every key, newest first, to find what an older one has marked."""
        return [
            hmac.new(_derived(key, f"digest.{purpose}"), text.encode(), hashlib.sha256).hexdigest()
            for key in reversed(self._keys)
        ]

    def __repr__(self) -> str:
        """No key, for whoever prints it."""
        return f"<Sealer with {len(self._keys)} keys>"

    def _fernet(self, purpose: str) -> MultiFernet:
        return MultiFernet([Fernet(_derived(key, purpose)) for key in reversed(self._keys)])


def _derived(key: str, purpose: str) -> bytes:
    """A key of its own for each purpose: what one seals, the other cannot open."""
    derive = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"assay.sealing.{purpose}".encode())
    return base64.urlsafe_b64encode(derive.derive(key.encode()))
