"""Files: random names, real sizes, and no way out of the folder."""

import hashlib
import io
import stat
from pathlib import Path

import pytest

from marketplace.gateways.storage.disk import DiskStorage
from marketplace.gateways.storage.protocol import FileTooLarge
from marketplace.kit.database import make_sessions, transaction
from marketplace.kit.errors import NotFound

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
def storage(tmp_path: Path) -> DiskStorage:
    return DiskStorage(tmp_path / "files")


def put(storage: DiskStorage, data: bytes, limit: int | None = None) -> str:
    return storage.put(io.BytesIO(data), content_type=PDF, limit=limit).key


def files(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


def test_what_is_kept_comes_back(storage: DiskStorage) -> None:
    data = b"%PDF" + bytes(range(256)) * 1_000
    stored = storage.put(io.BytesIO(data), content_type=PDF)
    assert (stored.byte_count, stored.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    opened = storage.open(stored.key)
    with opened.stream as stream:
        assert stream.read() == data
    assert (opened.byte_count, opened.content_type) == (len(data), PDF)


def test_the_same_bytes_twice_are_two_files(storage: DiskStorage) -> None:
    assert put(storage, b"one") != put(storage, b"one")


def test_an_empty_file_is_a_file(storage: DiskStorage) -> None:
    with storage.open(put(storage, b"")).stream as stream:
        assert stream.read() == b""


@pytest.mark.parametrize(("size", "kept"), [(99, True), (100, True), (101, False), (500_000, False)])
def test_the_limit_is_on_real_bytes(storage: DiskStorage, tmp_path: Path, size: int, *, kept: bool) -> None:
    if kept:
        put(storage, b"x" * size, limit=100)
        return
    with pytest.raises(FileTooLarge) as refused:
        put(storage, b"x" * size, limit=100)
    assert refused.value.status_code == 413
    assert files(tmp_path) == []


@pytest.mark.parametrize(("limit", "said"), [(2**20 * 5, "5 MB"), (2**10 * 300, "300 kB")])
def test_the_refusal_names_the_limit(storage: DiskStorage, limit: int, said: str) -> None:
    with pytest.raises(FileTooLarge, match=said):
        put(storage, b"x" * (limit + 1), limit=limit)


def test_a_stream_that_breaks_leaves_nothing(storage: DiskStorage, tmp_path: Path) -> None:
    class Breaks(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            if not data:
                raise OSError("the line is dead")
            return data

    with pytest.raises(OSError, match="dead"):
        storage.put(Breaks(b"x" * 100), content_type=PDF)
    assert files(tmp_path) == []


@pytest.mark.parametrize("key", HOSTILE, ids=repr)
def test_a_key_that_is_not_ours_names_no_file(storage: DiskStorage, tmp_path: Path, key: str) -> None:
    (tmp_path / "secret").write_text("secret")
    put(storage, b"one")
    before = files(tmp_path)
    with pytest.raises(NotFound):
        storage.open(key)
    with pytest.raises(NotFound):
        storage.delete(key)
    assert files(tmp_path) == before


def test_an_unknown_key_is_not_found(storage: DiskStorage) -> None:
    with pytest.raises(NotFound):
        storage.open("a" * 32)


def test_forgotten_files_are_gone_and_may_be_forgotten_again(storage: DiskStorage, tmp_path: Path) -> None:
    key = put(storage, b"one")
    storage.delete(key)
    storage.delete(key)
    with pytest.raises(NotFound):
        storage.open(key)
    assert files(tmp_path) == []


def test_nobody_else_on_the_machine_reads_them(storage: DiskStorage, tmp_path: Path) -> None:
    put(storage, b"one")
    assert all(not stat.S_IMODE(path.stat().st_mode) & 0o077 for path in files(tmp_path))


def test_names_outside_never_reach_the_disk(storage: DiskStorage, tmp_path: Path) -> None:
    storage.put(io.BytesIO(b"x"), content_type="../../evil\n")
    assert all(path.is_relative_to(tmp_path / "files") for path in files(tmp_path))


def test_no_file_inside_a_transaction(storage: DiskStorage) -> None:
    key = put(storage, b"one")
    sessions = make_sessions("sqlite://")
    for call in (lambda: put(storage, b"x"), lambda: storage.open(key), lambda: storage.delete(key)):
        with transaction(sessions), pytest.raises(RuntimeError, match="inside a transaction"):
            call()
    sessions.kw["bind"].dispose()
