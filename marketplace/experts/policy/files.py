"""Which files are evidence, and what they are called when they are shown.  Pure."""

import re
import unicodedata

NAME_LENGTH = 120
_MAGIC = (
    (b"%PDF-", "application/pdf", (".pdf",)),
    (b"\x89PNG\r\n\x1a\n", "image/png", (".png",)),
    (b"\xff\xd8\xff", "image/jpeg", (".jpg", ".jpeg")),
)


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
