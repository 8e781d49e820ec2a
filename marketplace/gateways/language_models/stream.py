"""Reading a streamed answer: bytes, lines, data, pieces of text."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from marketplace.gateways.language_models.protocol import ModelFailed, Trouble

DONE = "[DONE]"
HIGH, LOW = re.compile("[\ud800-\udbff]$"), re.compile("^[\udc00-\udfff]")
_UNFIT = re.compile("[\0\ud800-\udfff]")
BROKEN = "What came back is not an answer of a chat model. Check the address."
BROKE_OFF = "The model stopped in the middle of its answer. Try again."
SAID_NO = "The model's service stopped with an error. Try again."
TOO_LONG = "The answer is longer than we take. Ask for a shorter one."
NOTHING = "The model ended without a word. Try again."


def pieces(bites: Iterable[bytes], *, line_bytes: int, characters: int) -> Iterator[str]:
    """The answer's text as it comes; ModelFailed when it is broken, too long, empty or has no end."""
    seen, held = 0, ""
    for data in data_of(lines(bites, at_most=line_bytes)):
        if data == DONE:
            break
        text = held + text_of(data)
        held = text[-1:] if HIGH.search(text) else ""  # half a letter: its other half comes next
        text = _UNFIT.sub("\N{REPLACEMENT CHARACTER}", _joined(text[: len(text) - len(held)]))
        seen += len(text)
        if seen > characters:
            raise ModelFailed(Trouble.TOO_LONG, TOO_LONG)
        if text:
            yield text
    else:
        raise ModelFailed(Trouble.BROKEN, BROKE_OFF)
    if not seen:
        raise ModelFailed(Trouble.BROKEN, NOTHING)


def lines(bites: Iterable[bytes], *, at_most: int) -> Iterator[bytes]:
    """Lines without their ends (CR, LF or both); ModelFailed when one grows longer than `at_most` bytes."""
    left, after_cr = b"", False
    for bite in bites:
        if after_cr and bite.startswith(b"\n"):
            bite = bite[1:]  # noqa: PLW2901 - the second half of one line end
        after_cr = bite.endswith(b"\r")
        *whole, left = re.split(rb"\r\n|\n|\r", left + bite)
        for line in whole:
            if len(line) > at_most:
                raise ModelFailed(Trouble.BROKEN, BROKEN)
            yield line
        if len(left) > at_most:
            raise ModelFailed(Trouble.BROKEN, BROKEN)
    if left:
        yield left


def data_of(stream: Iterable[bytes]) -> Iterator[str]:
    """The data of each server-sent event; comments and other fields are left out."""
    kept: list[str] = []
    for line in stream:
        if not line and kept:
            yield "\n".join(kept)
            kept = []
        elif line.startswith(b"data:"):
            kept.append(_text(line[5:].removeprefix(b" ")))
        if kept == [DONE]:  # some services end here and send no empty line any more
            break
    if kept:
        yield "\n".join(kept)


def text_of(data: str) -> str:
    """What one chunk adds to the answer, often nothing; ModelFailed when it is no chunk."""
    chunk = _object(data)
    if chunk.get("error"):
        raise ModelFailed(Trouble.REFUSED, SAID_NO)
    choices = chunk.get("choices")
    if not isinstance(choices, list):
        raise ModelFailed(Trouble.BROKEN, BROKEN)
    if not choices:
        return ""  # how much was used, or how it was filtered
    delta = choices[0].get("delta") if isinstance(choices[0], dict) else None
    if not isinstance(delta, dict | None) or not isinstance(choices[0], dict):
        raise ModelFailed(Trouble.BROKEN, BROKEN)
    said = [(delta or {}).get(name) or "" for name in ("content", "refusal")]
    if not all(isinstance(part, str) for part in said):
        raise ModelFailed(Trouble.BROKEN, BROKEN)
    return "".join(said)


def _object(data: str) -> dict[str, Any]:
    try:
        chunk = json.loads(data)
    except (ValueError, RecursionError):  # numbers of thousands of digits, thousands of brackets
        chunk = None
    if not isinstance(chunk, dict):
        raise ModelFailed(Trouble.BROKEN, BROKEN)
    return chunk


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise ModelFailed(Trouble.BROKEN, BROKEN) from None


def _joined(text: str) -> str:
    """The text with halves of one letter, sent apart, put together."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
