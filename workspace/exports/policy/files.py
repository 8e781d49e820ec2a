"""Files of an export as bytes: what cannot be read, what is not what the manifest says."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from workspace.exports.policy.sheets import TEST, TRAIN, Defect, Sheet

LINE_BYTES = 8 * 2**20
MANIFEST = "manifest.json"
SENSITIVE = "sensitive/"  # the folder of files that may harm or upset who reads them
_BOM = b"\xef\xbb\xbf"
_NAME = re.compile(rf"(?:{SENSITIVE})?([a-z_]+?)(?:-({TRAIN}|{TEST}))?\.jsonl")


def sheet_of(name: str) -> Sheet | None:
    """What a file of this name holds; None for a name of no file of lines."""
    found = _NAME.fullmatch(name)
    return Sheet(found[1], found[2] or "") if found else None


def kept_as(name: str) -> str:
    """What a file is called where it cannot lie in a folder, such as among downloads."""
    return name.replace("/", "-")


def check_file(name: str, content: bytes) -> list[Defect]:
    """Every defect of a file of lines; they end at the line feed alone."""
    sheet = sheet_of(name)
    if sheet is None:
        return [
            Defect(
                0, "", "", "A file of lines is called FORMAT.jsonl, or FORMAT-train.jsonl and -test.jsonl."
            )
        ]
    if not content:
        return [Defect(0, "", "", "The file is empty. Trainers fail on it: leave it out.")]
    return [*_defects(sheet, content), *sheet.closed()]


def _defects(sheet: Sheet, content: bytes) -> Iterator[Defect]:
    if content.startswith(_BOM):
        yield Defect(0, "", "", "The file begins with a byte-order mark.")
        content = content.removeprefix(_BOM)
    for raw in content.removesuffix(b"\n").split(b"\n"):
        problem, body = _read(raw)
        if problem:
            yield sheet.unread(problem)
        else:
            yield from sheet.line(body)


def _read(raw: bytes) -> tuple[str, Any]:
    """What stands on a line, or why it cannot be read."""
    if len(raw) > LINE_BYTES or not raw.strip():
        return (
            f"This line has {len(raw):,} bytes, at most {LINE_BYTES:,}."
            if raw.strip()
            else "This line is empty."
        ), None
    try:
        return "", json.loads(raw.decode(), parse_constant=_refused, object_pairs_hook=_once)
    except UnicodeDecodeError:
        return "This line is not UTF-8 text.", None
    except RecursionError:
        return "This is nested too deeply.", None
    except ValueError as error:
        return (str(error) if isinstance(error, _Unfit) else "This line is not JSON."), None


class _Unfit(ValueError):
    """JSON that Python would read and nobody should."""


def _refused(name: str) -> Any:
    raise _Unfit(f"{name} is not a JSON value.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise _Unfit("A name appears twice in one object.")
    return read


def check_folder(files: Mapping[str, bytes]) -> dict[str, list[Defect]]:
    """Name -> defects of every file of an export; its manifest, where there is one, must say the same."""
    files = {_in_its_folder(name): content for name, content in files.items()}
    found = {name: check_file(name, content) for name, content in files.items() if name != MANIFEST}
    if MANIFEST in files:
        for name, problem in _promised(files):
            found.setdefault(name, []).append(Defect(0, "", "", problem))
    return found


def _in_its_folder(name: str) -> str:
    """The name in the export of a file that was taken home by itself."""
    prefix = kept_as(SENSITIVE)
    return SENSITIVE + name.removeprefix(prefix) if name.startswith(prefix) else name


def _marked(
    manifest: Mapping[str, Any], promised: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    """Sensitive files lie in their folder and nothing else does; the manifest says so of all and of each."""
    for name, row in promised.items():
        if (row.get("sensitive") is True) != name.startswith(SENSITIVE):
            yield name, f"Files that are marked sensitive lie in {SENSITIVE}, and no others do."
    if (manifest.get("sensitive") is True) != any(name.startswith(SENSITIVE) for name in promised):
        yield MANIFEST, "The manifest as a whole has to say whether there are sensitive files."


def _promised(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    problem, manifest = _read(files[MANIFEST])
    told = manifest.get("files") if isinstance(manifest, Mapping) else None
    if problem or not isinstance(told, list):
        yield MANIFEST, problem or "The manifest names no files."
        return
    promised = {str(row.get("name")): row for row in told if isinstance(row, Mapping)}
    yield from _marked(manifest, promised)
    for name in sorted({*files, *promised} - {MANIFEST}):
        if name not in files:
            yield name, "The manifest names this file, and it is not here."
        elif name not in promised:
            yield name, "The manifest does not name this file."
        elif hashlib.sha256(files[name]).hexdigest() != promised[name].get("sha256"):
            yield name, "The file is not what the manifest says: its checksum differs."
