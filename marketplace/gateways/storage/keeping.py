"""What every store does alike: names nobody outside chooses, and bytes that are counted on the way."""

import hashlib
import re
from typing import BinaryIO

from marketplace.gateways.storage.protocol import FileTooLarge
from marketplace.kit import ids
from marketplace.kit.errors import NotFound

CHUNK = 64 * 1024
CEILING = 2**30  # no single file is larger, whatever a caller allows
_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)


def new_key() -> str:
    """A random key, for whoever has to write it down before the bytes are kept."""
    return ids.new_id().hex


def place(key: str) -> str:
    """Where a key lies, `ef/cd/<key>`: its end is the random part.  NotFound (404): no name of ours."""
    if not _KEY.fullmatch(key):
        raise NotFound("That file does not exist any more.")
    return f"{key[-2:]}/{key[-4:-2]}/{key}"


def copy(stream: BinaryIO, to: BinaryIO, limit: int | None) -> tuple[int, str]:
    """Copy the rest of the stream: (bytes, SHA-256); FileTooLarge (413) past `limit` bytes."""
    most = CEILING if limit is None else min(limit, CEILING)
    count, digest = 0, hashlib.sha256()
    while chunk := stream.read(CHUNK):
        count += len(chunk)
        if count > most:
            raise FileTooLarge(f"The file is larger than {_shown(most)}. Send a smaller one.")
        digest.update(chunk)
        to.write(chunk)
    return count, digest.hexdigest()


def _shown(byte_count: int) -> str:
    return f"{byte_count // 2**20} MB" if byte_count >= 2**20 else f"{byte_count // 2**10} kB"
