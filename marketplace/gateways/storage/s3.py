"""Files in a bucket of any S3-compatible service, under names nobody outside chooses."""

import hashlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import BinaryIO, cast

import obstore
import structlog
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from marketplace.gateways.storage import keeping
from marketplace.gateways.storage.protocol import Opened, StorageAway, Stored
from marketplace.kit.database import outside_transaction
from marketplace.kit.errors import NotFound

IN_MEMORY = 2**20  # bytes; what is larger waits in a temporary file
PART = 8 * 2**20  # bytes; what is larger is sent in parts
AWAY = "Our file store does not answer at the moment. Nothing was changed; try again in a minute."
UNKNOWN = "application/octet-stream"
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(; ?[\w.+-]+=[\w.+-]+)*", re.ASCII)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long one call may take, and how often it is tried again."""

    connect: timedelta = timedelta(seconds=5)
    answer: timedelta = timedelta(seconds=60)
    retries: int = 2


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Bucket:
    """Where the files lie; no `endpoint` is AWS itself.  Never printed: it holds the secret."""

    name: str
    prefix: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    key_id: str
    secret: str


class S3Storage:
    """One object per file; the type and the SHA-256 travel with it.

    Whole files are copied here before they are sent and before they are read: a limit is judged before the
    first byte leaves, and a line that breaks is a refusal instead of half a file.
    """

    def __init__(self, bucket: Bucket, *, patience: Patience | None = None) -> None:
        self._bucket, self._patience = bucket, patience or Patience()

    def put(
        self, stream: BinaryIO, *, content_type: str, limit: int | None = None, key: str | None = None
    ) -> Stored:
        """Keep what the stream still holds; FileTooLarge (413) past `limit` bytes.

        Under a new random key, or under `key`, one nobody has used: `new_key` made it.
        """
        outside_transaction()
        key = key or keeping.new_key()
        with _spool() as file:
            count, digest = keeping.copy(stream, file, limit)
            file.seek(0)
            with _reached():
                obstore.put(
                    self._store,
                    keeping.place(key),
                    file,
                    attributes={"Content-Type": _header(content_type), "sha256": digest},
                    chunk_size=PART,
                    max_concurrency=2,
                )
        return Stored(key=key, byte_count=count, sha256=digest, content_type=content_type)

    def open(self, key: str) -> Opened:
        """The whole file, checked against its SHA-256; NotFound (404) when there is none under this key."""
        outside_transaction()
        path = keeping.place(key)
        file = _spool()
        try:
            with _reached():
                answer = obstore.get(self._store, path)
                digest = hashlib.sha256()
                for chunk in answer.stream(min_chunk_size=keeping.CHUNK):
                    digest.update(chunk)
                    file.write(chunk)
            _same(digest.hexdigest(), answer.attributes.get("sha256"))
            count = file.tell()
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return Opened(
            stream=file, byte_count=count, content_type=answer.attributes.get("Content-Type", UNKNOWN)
        )

    def delete(self, key: str) -> None:
        """Forget the file; a key that is unknown or already forgotten is fine."""
        outside_transaction()
        path = keeping.place(key)
        try:
            with _reached():
                obstore.delete(self._store, path)
        except NotFound:
            return

    def __repr__(self) -> str:
        """No secret, for whoever prints it."""
        return f"<S3Storage {self._bucket.name!r}>"

    @cached_property
    def _store(self) -> S3Store:
        """Made at the first call: a process that was forked has threads of its own."""
        bucket, patience = self._bucket, self._patience
        plain = bucket.endpoint.startswith("http://")
        return S3Store(
            bucket.name,
            config={"endpoint": bucket.endpoint} if bucket.endpoint else {},
            prefix=bucket.prefix or None,
            region=bucket.region,
            access_key_id=bucket.key_id,
            secret_access_key=bucket.secret,
            disable_bulk_delete=True,  # not every service knows it, and we delete one by one
            client_options={
                "allow_http": plain,
                "connect_timeout": patience.connect,
                "timeout": patience.answer,
            },
            retry_config={"max_retries": patience.retries, "retry_timeout": patience.answer},
        )


def _spool() -> BinaryIO:
    return cast("BinaryIO", tempfile.SpooledTemporaryFile(IN_MEMORY))


def _header(content_type: str) -> str:
    """A media type that fits a header; what does not is bytes of an unknown kind."""
    return content_type if _TYPE.fullmatch(content_type) else UNKNOWN


def _same(digest: str, kept: str | None) -> None:
    if kept is not None and kept != digest:
        log.error("stored_file_damaged", kept=kept, found=digest)
        raise StorageAway("This file came back damaged from our file store. Tell us, and we look for it.")


@contextmanager
def _reached() -> Iterator[None]:
    """What the library raises as refusals of ours; the reason goes to the log, for the operator."""
    try:
        yield
    except (NotFoundError, FileNotFoundError):
        raise NotFound("That file does not exist any more.") from None
    except (BaseError, OSError) as error:
        log.warning("storage_away", error=type(error).__name__, reason=str(error)[:300])
        raise StorageAway(AWAY) from error
