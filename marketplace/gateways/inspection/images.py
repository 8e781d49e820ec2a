"""A picture: read whole, and written anew without anything but its pixels."""

import io
import struct
import warnings

from PIL import Image, ImageOps

from marketplace.gateways.inspection import marks
from marketplace.gateways.inspection.verdict import Clean, Rules, Unfit

FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG"}
SIDE_MINIMUM = 100
PNG_HEAD, CHUNK_FRAME = 8, 12  # bytes: the signature; length, name and check sum of a chunk
LONE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers of a JPEG without a length
MARK, START_OF_SCAN, END_OF_IMAGE = 0xFF, 0xDA, 0xD9
BROKEN = "The picture is damaged or incomplete. Save a new copy of it and send that."


def clean(data: bytes, media_type: str, rules: Rules) -> Clean:
    """The picture's pixels alone, turned upright; Unfit for whatever is more or less than one picture."""
    kind = FORMATS[media_type]
    marks.refuse_tail(data[_end_of_png(data) if kind == "PNG" else _end_of_jpeg(data) :])
    marks.refuse_second_nature(data)
    Image.MAX_IMAGE_PIXELS = rules.pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as picture:
            _measure(picture, rules)
            picture.load()
            return Clean(data=_written(ImageOps.exif_transpose(picture), kind), pages=1)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unfit(_too_large(rules)) from None
    except (OSError, SyntaxError, ValueError, KeyError, struct.error, EOFError):
        raise Unfit(BROKEN) from None


def _measure(picture: Image.Image, rules: Rules) -> None:
    if picture.width * picture.height > rules.pixels:
        raise Unfit(_too_large(rules))
    if min(picture.size) < SIDE_MINIMUM:
        raise Unfit(f"The picture is too small to read. Each side needs at least {SIDE_MINIMUM} pixels.")
    if getattr(picture, "n_frames", 1) > 1 and picture.format == "PNG":
        raise Unfit("The picture moves. Send a still one.")


def _written(picture: Image.Image, kind: str) -> bytes:
    into = io.BytesIO()
    if kind == "JPEG":
        plain = picture.convert("RGB")
        plain.info.clear()  # comments and colour profiles would be written again
        plain.save(into, "JPEG", quality=90)
    else:
        plain = picture.convert(
            "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
        )
        plain.info.clear()
        plain.save(into, "PNG", compress_level=6)
    return into.getvalue()


def _too_large(rules: Rules) -> str:
    return f"The picture has more than {rules.pixels // 10**6} million pixels. Send a smaller one."


def _end_of_png(data: bytes) -> int:
    at = PNG_HEAD
    while at + CHUNK_FRAME <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        at += CHUNK_FRAME + int(length)
        if name == b"IEND":
            return at
    raise Unfit(BROKEN)


def _end_of_jpeg(data: bytes) -> int:
    """Behind the first end of image that no segment contains."""
    at = 2
    while at + 2 <= len(data):
        if data[at] != MARK:
            raise Unfit(BROKEN)
        marker = data[at + 1]
        at += 2
        if marker == END_OF_IMAGE:
            return at
        if marker in LONE or marker == MARK:
            at -= marker == MARK  # padding before a marker
            continue
        at += int.from_bytes(data[at : at + 2], "big")
        if marker == START_OF_SCAN:
            at = _end_of_scan(data, at)
    raise Unfit(BROKEN)


def _end_of_scan(data: bytes, at: int) -> int:
    """At the next marker that is neither a stuffed byte nor a restart."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] not in {0x00, 0xFF, *range(0xD0, 0xD8)}:
            return at
        at += 1
    raise Unfit(BROKEN)
