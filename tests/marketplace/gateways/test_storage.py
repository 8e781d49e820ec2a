"""Files: random names, real sizes, and no way out of the folder."""

import hashlib
import io
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from marketplace.gateways.storage.disk import DiskStorage
from marketplace.gateways.storage.protocol import FileTooLarge, Storage, StorageAway
from marketplace.gateways.storage.s3 import PART, Bucket, Patience, S3Storage
from marketplace.kit.database import make_sessions, transaction
from marketplace.kit.errors import NotFound
from tests import bucket

PDF = "application/pdf"
HOSTILE = [
    "",
    ".",
    "..",
    "../../etc/passwd",
    "/etc/passwd",
    "..\\..\\windows",
    "a" * 31,
    "a" * 33,
    "A" * 32,
    "g" * 32,
    "a" * 32 + "\n",
    "a" * 31 + "\0",
    "٣" * 32,
    "CON",
    "x" * 300,
    "\u202etxt.exe",
    "a" * 28 + "/../",
    "a" * 27 + ".json",
]


@pytest.fixture
def disk(tmp_path: Path) -> DiskStorage:
    return DiskStorage(tmp_path / "files")


@pytest.fixture
def service() -> Iterator[bucket.Service]:
    with bucket.running() as service:
        yield service


def in_bucket(service: bucket.Service, **patience: Any) -> S3Storage:
    where = Bucket(
        name=bucket.NAME, prefix="kept", endpoint=service.endpoint, key_id=bucket.KEY_ID, secret=bucket.SECRET
    )
    return S3Storage(where, patience=Patience(**{"retries": 0, **patience}))


@pytest.fixture(params=["disk", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """Both stores keep the same promises; what a bucket holds lies in `kept` as a disk's files do."""
    if request.param == "disk":
        return DiskStorage(tmp_path / "files")
    return in_bucket(request.getfixturevalue("service"))


@pytest.fixture
def kept(request: pytest.FixtureRequest, tmp_path: Path, storage: Storage) -> Callable[[], list[str]]:
    """The names of everything that is kept."""
    if isinstance(storage, DiskStorage):
        return lambda: sorted(path.name for path in files(tmp_path))
    service: bucket.Service = request.getfixturevalue("service")
    return lambda: sorted(service.objects)


def put(storage: Storage, data: bytes, limit: int | None = None) -> str:
    return storage.put(io.BytesIO(data), content_type=PDF, limit=limit).key


def files(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


def test_what_is_kept_comes_back(storage: Storage) -> None:
    data = b"%PDF" + bytes(range(256)) * 1_000
    stored = storage.put(io.BytesIO(data), content_type=PDF)
    assert (stored.byte_count, stored.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    opened = storage.open(stored.key)
    with opened.stream as stream:
        assert stream.read() == data
    assert (opened.byte_count, opened.content_type) == (len(data), PDF)


def test_the_same_bytes_twice_are_two_files(storage: Storage) -> None:
    assert put(storage, b"one") != put(storage, b"one")


def test_an_empty_file_is_a_file(storage: Storage) -> None:
    with storage.open(put(storage, b"")).stream as stream:
        assert stream.read() == b""


@pytest.mark.parametrize(("size", "passes"), [(99, True), (100, True), (101, False), (500_000, False)])
def test_the_limit_is_on_real_bytes(
    storage: Storage, kept: Callable[[], list[str]], size: int, *, passes: bool
) -> None:
    if passes:
        put(storage, b"x" * size, limit=100)
        return
    with pytest.raises(FileTooLarge) as refused:
        put(storage, b"x" * size, limit=100)
    assert refused.value.status_code == 413
    assert kept() == []


@pytest.mark.parametrize(("limit", "said"), [(2**20 * 5, "5 MB"), (2**10 * 300, "300 kB")])
def test_the_refusal_names_the_limit(storage: Storage, limit: int, said: str) -> None:
    with pytest.raises(FileTooLarge, match=said):
        put(storage, b"x" * (limit + 1), limit=limit)


def test_a_stream_that_breaks_leaves_nothing(storage: Storage, kept: Callable[[], list[str]]) -> None:
    class Breaks(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            if not data:
                raise OSError("the line is dead")
            return data

    with pytest.raises(OSError, match="dead"):
        storage.put(Breaks(b"x" * 100), content_type=PDF)
    assert kept() == []


@pytest.mark.parametrize("key", HOSTILE, ids=repr)
def test_a_key_that_is_not_ours_names_no_file(
    storage: Storage, tmp_path: Path, kept: Callable[[], list[str]], key: str
) -> None:
    (tmp_path / "secret").write_text("secret")
    put(storage, b"one")
    before = kept()
    with pytest.raises(NotFound):
        storage.open(key)
    with pytest.raises(NotFound):
        storage.delete(key)
    assert kept() == before


def test_an_unknown_key_is_not_found(storage: Storage) -> None:
    with pytest.raises(NotFound):
        storage.open("a" * 32)


def test_forgotten_files_are_gone_and_may_be_forgotten_again(
    storage: Storage, kept: Callable[[], list[str]]
) -> None:
    key = put(storage, b"one")
    storage.delete(key)
    storage.delete(key)
    with pytest.raises(NotFound):
        storage.open(key)
    assert kept() == []


def test_nobody_else_on_the_machine_reads_them(disk: DiskStorage, tmp_path: Path) -> None:
    put(disk, b"one")
    assert all(not stat.S_IMODE(path.stat().st_mode) & 0o077 for path in files(tmp_path))


def test_names_outside_never_reach_the_disk(disk: DiskStorage, tmp_path: Path) -> None:
    disk.put(io.BytesIO(b"x"), content_type="../../evil\n")
    assert all(path.is_relative_to(tmp_path / "files") for path in files(tmp_path))


def test_no_file_inside_a_transaction(storage: Storage) -> None:
    key = put(storage, b"one")
    sessions = make_sessions("sqlite://")
    for call in (lambda: put(storage, b"x"), lambda: storage.open(key), lambda: storage.delete(key)):
        with transaction(sessions), pytest.raises(RuntimeError, match="inside a transaction"):
            call()
    sessions.kw["bind"].dispose()


def test_a_bucket_is_asked_with_a_signature_under_its_prefix(service: bucket.Service) -> None:
    storage = in_bucket(service)
    key = put(storage, b"one")
    storage.open(key).stream.close()
    storage.delete(key)
    assert service.unsigned == 0
    assert {path for _, path in service.asked} == {f"/{bucket.NAME}/kept/{key[-2:]}/{key[-4:-2]}/{key}"}
    assert [verb for verb, _ in service.asked] == ["PUT", "GET", "DELETE"]
    assert bucket.SECRET not in repr(storage)


def test_what_is_large_goes_to_the_bucket_in_parts(service: bucket.Service) -> None:
    storage, data = in_bucket(service), bytes(range(256)) * (PART // 128)
    key = put(storage, data)
    assert [verb for verb, _ in service.asked].count("PUT") > 1
    with storage.open(key).stream as stream:
        assert hashlib.sha256(stream.read()).digest() == hashlib.sha256(data).digest()
    assert service.parts == {}


def test_a_type_that_is_no_header_is_bytes(service: bucket.Service) -> None:
    storage = in_bucket(service)
    opened = storage.open(storage.put(io.BytesIO(b"x"), content_type="../../evil\r\nX-Own: 1").key)
    opened.stream.close()
    assert opened.content_type == "application/octet-stream"


@pytest.mark.parametrize("fault", ["error", "denied", "hang"])
def test_a_bucket_out_of_reach_is_a_refusal_that_can_be_repeated(service: bucket.Service, fault: str) -> None:
    storage = in_bucket(service, answer=timedelta(milliseconds=300))
    key = put(storage, b"one")
    service.breaks(fault)
    for call in (lambda: put(storage, b"two"), lambda: storage.open(key), lambda: storage.delete(key)):
        with pytest.raises(StorageAway) as refused:
            call()
        assert refused.value.status_code == 503
    service.breaks("")
    with storage.open(key).stream as stream:
        assert stream.read() == b"one"


def test_nobody_listening_is_a_refusal(service: bucket.Service) -> None:
    nowhere = Bucket(name="b", endpoint="http://127.0.0.1:9", key_id="a", secret="b")
    storage = S3Storage(nowhere, patience=Patience(connect=timedelta(seconds=1), retries=0))
    with pytest.raises(StorageAway):
        storage.open("a" * 32)


def test_a_wrong_key_is_a_refusal_that_says_nothing_of_it(service: bucket.Service) -> None:
    wrong = Bucket(name=bucket.NAME, endpoint=service.endpoint, key_id="other", secret="a secret")
    with pytest.raises(StorageAway) as refused:
        put(S3Storage(wrong, patience=Patience(retries=0)), b"one")
    assert "secret" not in refused.value.message
    assert service.objects == {}


@pytest.mark.parametrize("fault", ["cut", "damaged"])
def test_half_a_file_is_no_file(service: bucket.Service, fault: str) -> None:
    storage = in_bucket(service)
    key = put(storage, b"x" * 200_000)
    service.breaks(fault)
    with pytest.raises(StorageAway):
        storage.open(key)


def test_what_failed_once_is_tried_again(service: bucket.Service) -> None:
    storage = in_bucket(service, retries=2)
    service.breaks("error", times=1)
    with storage.open(put(storage, b"one")).stream as stream:
        assert stream.read() == b"one"
