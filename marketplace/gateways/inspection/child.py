"""The process that reads one file of a stranger: few rights, little memory, no network to speak of.

`python -m marketplace.gateways.inspection.child <media type> <rules as JSON>`, the file on standard input.
Standard output is one line of JSON and, when the file is clean, the bytes to keep.
"""

import json
import resource
import sys

from marketplace.gateways.inspection import documents, images
from marketplace.gateways.inspection.verdict import Clean, Rules, Unfit

OUT_OF_MEMORY = "Reading the file takes too much memory. Print it to a new PDF and send that."


def confine(rules: Rules) -> None:
    """From here on: so much memory, so much time, no file that could be written, no core dump."""
    for what, limit in (
        (resource.RLIMIT_AS, rules.memory_bytes),
        (resource.RLIMIT_CPU, rules.seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        resource.setrlimit(what, (limit, limit))


def look(data: bytes, media_type: str, rules: Rules) -> Clean:
    """The clean file, or Unfit."""
    try:
        if media_type == "application/pdf":
            return documents.clean(data, rules)
        return images.clean(data, media_type, rules)
    except MemoryError:
        raise Unfit(OUT_OF_MEMORY) from None


def main(media_type: str, rules: Rules) -> None:
    """Read, judge, answer."""
    confine(rules)
    try:
        clean = look(sys.stdin.buffer.read(), media_type, rules)
    except Unfit as unfit:
        answer, data = {"unfit": str(unfit)}, b""
    else:
        answer, data = {"pages": str(clean.pages)}, clean.data
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + data)


if __name__ == "__main__":
    main(sys.argv[1], Rules(**json.loads(sys.argv[2])))
