"""A PDF: walked object by object, and written anew without its description of author and tools."""

import io
import re
import zlib
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from marketplace.gateways.inspection import marks
from marketplace.gateways.inspection.verdict import Clean, Rules, Unfit

OBJECTS_MAXIMUM = 50_000
UNPACKED_MAXIMUM = 256 * 2**20  # bytes that all streams together may unpack to
HEAD = re.compile(rb"%PDF-(1\.[0-7]|2\.0)[\r\n ]")
END = b"%%EOF"
BROKEN = "The PDF is damaged. Print it to a new PDF and send that."
RUNS = "The PDF holds a program. Print it to a new PDF and send that."
CARRIES = "The PDF carries other files. Send only the page itself, printed to a new PDF."
CALLS = "The PDF opens or sends something. Print it to a new PDF and send that."
FORM = "The PDF is an interactive form. Print it to a new PDF and send that."
PLAYS = "The PDF holds sound, film or a 3D scene. Print it to a new PDF and send that."
FORBIDDEN = {
    "/JS": RUNS, "/JavaScript": RUNS, "/Launch": RUNS, "/AA": RUNS,
    "/EmbeddedFile": CARRIES, "/EmbeddedFiles": CARRIES, "/Filespec": CARRIES, "/FileAttachment": CARRIES,
    "/Collection": CARRIES,
    "/SubmitForm": CALLS, "/ImportData": CALLS, "/GoToR": CALLS, "/GoToE": CALLS, "/Thread": CALLS,
    "/XFA": FORM, "/ResetForm": FORM,
    "/RichMedia": PLAYS, "/Movie": PLAYS, "/Sound": PLAYS, "/Rendition": PLAYS, "/Screen": PLAYS,
    "/3D": PLAYS,
}  # fmt: skip
TELLING = ("/S", "/Subtype", "/Type")  # where a name says what a thing is


def clean(data: bytes, rules: Rules) -> Clean:
    """The PDF without its metadata; Unfit for what is locked, alive, too long, or a second thing as well."""
    if not HEAD.match(data):
        raise Unfit(BROKEN)
    marks.refuse_tail(_tail(data))
    marks.refuse_second_nature(data)
    try:
        return _cleaned(data, rules)
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, OSError, zlib.error):
        raise Unfit(BROKEN) from None
    # what pypdf raises besides its own errors when a crafted file leads it astray
    except (RecursionError, AssertionError, NotImplementedError, OverflowError, StopIteration):
        raise Unfit(BROKEN) from None


def _tail(data: bytes) -> bytes:
    at = data.rfind(END)
    if at < 0:
        raise Unfit(BROKEN)
    return data[at + len(END) :]


def _cleaned(data: bytes, rules: Rules) -> Clean:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        raise Unfit("The PDF is locked. Save a copy without a password and send that.")
    _walk(reader)
    pages = _pages(reader)
    if pages < 1:
        raise Unfit("The PDF has no page.")
    if pages > rules.pages:
        raise Unfit(f"The PDF has {pages} pages. Send at most {rules.pages}: the ones that prove it.")
    return Clean(data=_written(reader), pages=pages)


def _pages(reader: PdfReader) -> int:
    """How many pages there really are, whatever the file says; a tree that is its own branch has none."""
    count, seen, waiting = 0, set(), [reader.root_object.raw_get("/Pages")]
    while waiting:
        reference = waiting.pop()
        node = reference.get_object()
        if not isinstance(node, DictionaryObject):
            raise Unfit(BROKEN)
        if isinstance(reference, IndirectObject):
            if reference.idnum in seen:
                raise Unfit(BROKEN)
            seen.add(reference.idnum)
        if "/Kids" in node:
            kids = node["/Kids"]
            waiting += kids if isinstance(kids, ArrayObject) else [kids]
        else:
            count += 1
    return count


def _written(reader: PdfReader) -> bytes:
    writer, into = PdfWriter(clone_from=reader), io.BytesIO()
    writer.metadata = None
    for part in writer._objects:  # noqa: SLF001 - the only way to every object of the copy
        if isinstance(part, DictionaryObject):
            part.pop("/Metadata", None)
            part.pop("/PieceInfo", None)
    writer.write(into)
    return into.getvalue()


def _walk(reader: PdfReader) -> None:
    """Look at every object of the file, whether a page uses it or not."""
    budget = UNPACKED_MAXIMUM
    known = {(number, generation) for generation, table in reader.xref.items() for number in table}
    known |= {(number, 0) for number in reader.xref_objStm}
    if len(known) > OBJECTS_MAXIMUM:
        raise Unfit("The PDF has too many parts. Print it to a new PDF and send that.")
    for number, generation in sorted(known):
        thing = reader.get_object(IndirectObject(number, generation, reader))
        for part in _parts(thing):
            _judge(part)
            if isinstance(part, StreamObject):
                budget -= _unpacked(part, budget)
    for part in _parts(reader.trailer):
        _judge(part)


def _parts(thing: Any) -> Iterator[DictionaryObject]:
    """Every dictionary inside an object, without following references: each is walked by its own number."""
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if isinstance(one, DictionaryObject):
            yield one
            waiting += one.values()
        elif isinstance(one, ArrayObject):
            waiting += one


def _judge(part: DictionaryObject) -> None:
    names = [str(key) for key in part]
    names += [str(part.raw_get(key)) for key in TELLING if key in part and _is_name(part.raw_get(key))]
    for name in names:
        if name in FORBIDDEN:
            raise Unfit(FORBIDDEN[name])


def _is_name(value: Any) -> bool:
    return isinstance(value, NameObject)


def _unpacked(stream: StreamObject, budget: int) -> int:
    """How many bytes a packed stream unpacks to; Unfit past the budget, before it is all in memory."""
    filters = stream.get("/Filter")
    first = filters[0] if isinstance(filters, ArrayObject) and filters else filters
    if first not in {"/FlateDecode", "/Fl"}:
        return 0
    unpacking, data, count = zlib.decompressobj(), stream._data, 0  # noqa: SLF001 - the packed bytes
    while data:
        try:
            count += len(unpacking.decompress(data, 2**20))
        except zlib.error:
            return count  # damaged packing shows nothing; the page is blank there
        data = unpacking.unconsumed_tail
        if count > budget:
            raise Unfit("The PDF unpacks to an enormous size. Print it to a new PDF and send that.")
    return count
