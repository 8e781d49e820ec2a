"""Files on the local disk, under names nobody outside chooses."""

import json
import os
from pathlib import Path
from typing import BinaryIO

from marketplace.gateways.storage import keeping
from marketplace.gateways.storage.protocol import Opened, Stored
from marketplace.kit.database import outside_transaction
from marketplace.kit.errors import NotFound

PRIVATE = 0o700


class DiskStorage:
    """One file and one small description beside it; the folders are the end of the key, its random part."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(
        self, stream: BinaryIO, *, content_type: str, limit: int | None = None, key: str | None = None
    ) -> Stored:
        """Keep what the stream still holds; FileTooLarge (413) past `limit` bytes.

        Under a new random key, or under `key`, one nobody has used: `new_key` made it.
        """
        outside_transaction()
        key = key or keeping.new_key()
        path = self._path(key)
        path.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        half = path.with_suffix(".part")
        try:
            count, digest = _copy(stream, half, limit)
            described = {"content_type": content_type, "byte_count": count, "sha256": digest}
            with _private(path.with_suffix(".json")) as file:
                file.write(json.dumps(described).encode())
            half.rename(path)
        except BaseException:
            half.unlink(missing_ok=True)
            path.with_suffix(".json").unlink(missing_ok=True)
            raise
        return Stored(key=key, byte_count=count, sha256=digest, content_type=content_type)

    def open(self, key: str) -> Opened:
        """The file; NotFound (404) when there is none under this key."""
        outside_transaction()
        path = self._path(key)
        try:
            described = json.loads(path.with_suffix(".json").read_text())
            stream = path.open("rb")
        except FileNotFoundError:
            raise NotFound("That file does not exist any more.") from None
        return Opened(
            stream=stream, byte_count=described["byte_count"], content_type=described["content_type"]
        )

    def delete(self, key: str) -> None:
        """Forget the file; a key that is unknown or already forgotten is fine."""
        outside_transaction()
        path = self._path(key)
        path.unlink(missing_ok=True)
        path.with_suffix(".json").unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / keeping.place(key)


def _private(path: Path) -> BinaryIO:
    """A new file that nobody else on this machine may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _copy(stream: BinaryIO, to: Path, limit: int | None) -> tuple[int, str]:
    with _private(to) as file:
        copied = keeping.copy(stream, file, limit)
        file.flush()
        os.fsync(file.fileno())
    return copied
