"""Signs that a file is a second thing as well: a page, a program, an archive.  Pure."""

from marketplace.gateways.inspection.verdict import Unfit

PADDING = b"\0\t\n\r "
ARCHIVE_END, ARCHIVE_END_BYTES = b"PK\x05\x06", 22
COMMENT_MAXIMUM = 2**16
LIVE = (b"<script", b"<html", b"<!doctype html", b"<svg", b"<?php", b"<iframe", b"javascript:")


def refuse_second_nature(data: bytes) -> None:
    """Unfit for a file that something else would read as an archive or run as a page."""
    lowered = data.lower()
    if any(mark in lowered for mark in LIVE):
        raise Unfit("The file holds the code of a web page. Print it to a new PDF and send that.")
    tail = data[-(ARCHIVE_END_BYTES + COMMENT_MAXIMUM) :]
    at = tail.rfind(ARCHIVE_END)
    if at >= 0 and len(tail) - at >= ARCHIVE_END_BYTES:
        raise Unfit("The file is an archive at the same time. Print it to a new PDF and send that.")


def refuse_tail(tail: bytes) -> None:
    """Unfit when more than padding stands behind the end of the file."""
    if tail.strip(PADDING):
        raise Unfit("Something stands behind the end of the file. Save a new copy of it and send that.")
