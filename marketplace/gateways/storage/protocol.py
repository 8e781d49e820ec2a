"""What rooms ask of the file store."""

from dataclasses import dataclass
from typing import BinaryIO, Protocol

from marketplace.kit.errors import Refusal, TooLarge


class FileTooLarge(TooLarge):
    """More bytes than the caller allows; nothing was kept."""


class StorageAway(Refusal):
    """The store did not answer, or refused us; the same call may work in a minute."""

    status_code, code = 503, "storage_away"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A file that was kept: its key is random, its size counted and its SHA-256 taken from the real bytes."""

    key: str
    byte_count: int
    sha256: str
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A kept file; close `stream` (it is a context manager)."""

    stream: BinaryIO
    byte_count: int
    content_type: str


class Storage(Protocol):
    """Keeps files.  May use the network: never inside a transaction; StorageAway (503) out of reach."""

    def put(
        self, stream: BinaryIO, *, content_type: str, limit: int | None = None, key: str | None = None
    ) -> Stored:
        """Keep what the stream still holds; FileTooLarge (413) past `limit` bytes.

        Under a new random key, or under `key`, one nobody has used: `new_key` made it.
        """

    def open(self, key: str) -> Opened:
        """The file; NotFound (404) when there is none under this key."""

    def delete(self, key: str) -> None:
        """Forget the file; a key that is unknown or already forgotten is fine."""
