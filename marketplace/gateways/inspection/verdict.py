"""What a look into a file says."""

from dataclasses import dataclass


class Unfit(Exception):
    """The file is not kept; the message is a sentence that says what to do instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How large a file may be inside, and what reading it may cost."""

    pages: int
    pixels: int
    seconds: int = 20  # of processor time; the clock on the wall allows three times as much
    memory_bytes: int = 768 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Clean:
    """The file as it may be kept: written anew, without what nobody should see or run."""

    data: bytes
    pages: int
