"""The picture other sites show beside a link: our paper, ink and gold, drawn with our own letters."""

import io
from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from marketplace.kit.static import built

WIDTH, HEIGHT = 1200, 630
MARGIN, LINES = 80, 3
KEPT = 128  # drawn pictures of one process, about 20 kB each
PAPER, INK, SOFT, GOLD = "#f6f5f0", "#1b1a17", "#656157", "#d9ac4a"
TITLE, BRAND, TEXT, SMALL = (68, 650), (40, 650), (40, 450), (34, 450)  # size and weight of letters
_PARTS = {  # our letters come in files by alphabet: the code points each one has
    "latin": (range(0x20, 0x7F), range(0xA0, 0x100), range(0x2010, 0x203B), (0x20AC, 0x2122, 0x2212)),
    "latin-ext": (range(0x100, 0x2B0), range(0x1E00, 0x1F00)),
    "greek": (range(0x370, 0x400),),
}
Style = tuple[int, int]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def can_write(text: str) -> bool:
    """Whether our letters have every sign of the text."""
    return all(_part(sign) for sign in text)


@lru_cache(maxsize=KEPT)
def draw(above: str, title: str, facts: tuple[str, ...]) -> bytes:
    """A PNG of 1200 by 630: a small line, a title of at most three lines, facts at the foot."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(picture)
    _mark(pen)
    _write(pen, (MARGIN + 84, 84), "Assay", BRAND, INK)
    _write(pen, (MARGIN, 190), _fitted(pen, above, TEXT), TEXT, SOFT)
    for number, line in enumerate(_broken(pen, title)):
        _write(pen, (MARGIN, 250 + number * (TITLE[0] + 16)), line, TITLE, INK)
    _write(pen, (MARGIN, HEIGHT - 104), _fitted(pen, "   ".join(facts), SMALL), SMALL, INK)
    pen.rectangle((0, HEIGHT - 14, WIDTH, HEIGHT), fill=GOLD)
    kept = io.BytesIO()
    picture.quantize(64).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _mark(pen: ImageDraw.ImageDraw) -> None:
    left, top, side = MARGIN, 76, 60
    pen.rounded_rectangle((left, top, left + side, top + side), radius=15, fill=INK)
    pen.line((left + 15, top + 43, left + 45, top + 17), fill=GOLD, width=8)


def _broken(pen: ImageDraw.ImageDraw, title: str) -> Sequence[str]:
    """The title on at most three lines; what does not fit ends with an ellipsis."""
    lines, line = [], ""
    for word in title.split():
        longer = f"{line} {word}".strip()
        if line and _length(pen, longer, TITLE) > WIDTH - 2 * MARGIN:
            lines.append(line)
            longer = word
        line = longer
    lines.append(line)
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], " ".join(lines[LINES - 1 :])]
    return [_fitted(pen, one, TITLE) for one in lines]


def _fitted(pen: ImageDraw.ImageDraw, text: str, style: Style) -> str:
    if _length(pen, text, style) <= WIDTH - 2 * MARGIN:
        return text
    while text and _length(pen, f"{text}…", style) > WIDTH - 2 * MARGIN:
        text = text[:-1].rstrip()
    return f"{text}…"


def _write(pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, style: Style, colour: str) -> None:
    left, top = at
    for run, font in _runs(text, style):
        pen.text((left, top), run, font=font, fill=colour)
        left += pen.textlength(run, font=font)


def _length(pen: ImageDraw.ImageDraw, text: str, style: Style) -> float:
    return sum(pen.textlength(run, font=font) for run, font in _runs(text, style))


def _runs(text: str, style: Style) -> Sequence[tuple[str, Font]]:
    """The text in pieces that one file of letters can write."""
    runs: list[tuple[str, str]] = []
    for sign in text:
        part = _part(sign) or "latin"
        if runs and (runs[-1][1] == part or sign == " "):
            runs[-1] = (runs[-1][0] + sign, runs[-1][1])
        else:
            runs.append((sign, part))
    return [(run, _font(part, style)) for run, part in runs]


def _part(sign: str) -> str | None:
    return next((name for name, runs in _PARTS.items() if any(ord(sign) in run for run in runs)), None)


@lru_cache(maxsize=16)
def _font(part: str, style: Style) -> Font:
    size, weight = style
    path = built(f"inter-{part}-wght-normal.woff2")
    if path is None:
        return ImageFont.load_default(size)  # the front end is not built
    font = ImageFont.truetype(path, size)
    font.set_variation_by_axes([weight])
    return font
