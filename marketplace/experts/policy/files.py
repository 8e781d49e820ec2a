"""Which files are evidence, and what they are called when they are shown.  Pure."""

import re
import unicodedata

NAME_LENGTH = 120
SENT_NAME_LENGTH = 255
_MAGIC = (
    (b"%PDF-", "application/pdf", (".pdf",)),
    (b"\x89PNG\r\n\x1a\n", "image/png", (".png",)),
    (b"\xff\xd8\xff", "image/jpeg", (".jpg", ".jpeg")),
)
_OTHERS = (  # what people send by mistake, or on purpose, and what to do instead
    ((b"PK\x03\x04", b"PK\x05\x06"), "This is a Word, Excel or zip file. Save it as a PDF and send that."),
    ((b"\xd0\xcf\x11\xe0",), "This is an old Office file. Save it as a PDF and send that."),
    ((b"{\\rtf",), "This is a text file of a word processor. Save it as a PDF and send that."),
    ((b"GIF8",), "This is a GIF. Save it as PNG and send that."),
    ((b"II*\0", b"MM\0*"), "This is a TIFF. Save it as a PDF and send that."),
    ((b"RIFF",), "This is a WebP picture or a film. Save it as JPEG or PNG and send that."),
    ((b"BM",), "This is a bitmap. Save it as PNG and send that."),
    ((b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"#!"), "This is a program. Send a PDF, PNG or JPEG file."),
    (
        (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh"),
        "This is an archive. Send the PDF or picture that is in it.",
    ),
)
_MARKUP = re.compile(rb"\s*(\xef\xbb\xbf)?\s*<(\?xml|!doctype|html|svg|script|!--)", re.IGNORECASE)
WRONG = "This is not a PDF, PNG or JPEG file. Choose one of these."


def file_problem(data: bytes, name: str) -> str | None:
    """What the first look says against a file, as a sentence; None: it may be read more closely."""
    problem = name_problem(name) or (None if data else "The file is empty. Choose another one.")
    if problem or evidence_type(data, name) is not None:
        return problem
    if any(data.startswith(magic) for magic, _, _ in _MAGIC):
        return "The name of the file does not fit what is in it. Give it the right ending and send it again."
    return _what_it_is(data)


def _what_it_is(data: bytes) -> str:
    if data[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"}:
        return "This is a HEIC picture. Save it as JPEG and send that."
    if _MARKUP.match(data[:1024]):
        return "This is a web page or an SVG drawing. Save it as a PDF and send that."
    return next((said for magics, said in _OTHERS if data.startswith(magics)), WRONG)


def name_problem(name: str) -> str | None:
    """What is wrong with the name a file was sent under; None when nothing is."""
    if re.search(r"[/\\]", name) or name.startswith("."):
        return "The name of the file is a path. Rename the file and send it again."
    if any(unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co"} for sign in name):
        return "The name of the file has characters that cannot be seen. Rename the file and send it again."
    if len(name) > SENT_NAME_LENGTH:
        return f"The name of the file has more than {SENT_NAME_LENGTH} characters. Shorten it, then send it."
    return None


def evidence_type(data: bytes, name: str) -> str | None:
    """The media type of a PDF, PNG or JPEG whose first bytes agree with its name; None for anything else."""
    for magic, media_type, endings in _MAGIC:
        if data.startswith(magic):
            return media_type if name.lower().endswith(endings) else None
    return None


def display_name(name: str) -> str:
    """A file's name fit to be shown: no path, no control or direction signs, at most 120 characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    plain = re.sub(r'[\s"<>|:*?]+', " ", plain).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if len(plain) > NAME_LENGTH and dot:
        plain = f"{stem[: NAME_LENGTH - len(ending) - 1]}.{ending}"
    return plain[:NAME_LENGTH] or "file"
