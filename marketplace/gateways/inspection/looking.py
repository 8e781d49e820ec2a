"""A look into a stranger's file, from the side that must not fall over."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import structlog

from marketplace.gateways.inspection.verdict import Clean, Rules, Unfit
from marketplace.kit.database import outside_transaction

ROOT = Path(__file__).parents[3]
CHILD = "marketplace.gateways.inspection.child"
WALL = 3  # times the processor's time: the machine may be busy
TOO_MUCH = (
    "We could not read the file: it takes too much time or memory. Print it to a new PDF and send that."
)
log = structlog.get_logger()


def look(data: bytes, media_type: str, rules: Rules) -> Clean:
    """Read the file in a process of its own; Unfit, with a sentence for its owner, when it is not to be kept.

    A process that runs out of time or memory, or falls over, means Unfit too: the file did that.
    """
    outside_transaction()
    command = [sys.executable, "-m", CHILD, media_type, json.dumps(asdict(rules))]
    try:
        said = subprocess.run(  # noqa: S603 - our own module; the file is only its input
            command,
            input=data,
            capture_output=True,
            cwd=ROOT,
            env={"PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1"},  # no secret of ours
            timeout=rules.seconds * WALL,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unfit(TOO_MUCH) from None
    if said.returncode != 0:
        log.warning("inspection_fell", code=said.returncode, said=said.stderr[-300:].decode(errors="replace"))
        raise Unfit(TOO_MUCH)
    head, _, rest = said.stdout.partition(b"\n")
    answer = json.loads(head)
    if "unfit" in answer:
        raise Unfit(answer["unfit"])
    return Clean(data=rest, pages=int(answer["pages"]))
