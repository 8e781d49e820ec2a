"""The lines of one format, checked as they come, and what only all of them together can break."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workspace.exports.policy.annotations import ranking, ratings, spans
from workspace.exports.policy.formats import demonstration, preference, stepwise, unpaired
from workspace.exports.policy.records import GENESIS, record
from workspace.exports.policy.shapes import Line, Problem, ids, storable
from workspace.exports.policy.steps import process_steps
from workspace.exports.policy.transcripts import transcript

RECORDS, RAW = "records", "raw"
TRAIN, TEST = "train", "test"
TEST_SHARE = 10  # of 100 groups
CHECKS: Mapping[str, Callable[[Line], Iterator[Problem]]] = {
    "demonstration": demonstration,
    "preference": preference,
    "unpaired": unpaired,
    "stepwise": stepwise,
    "process_steps": process_steps,
    "ranking": ranking,
    "ratings": ratings,
    "spans": spans,
    "transcript": transcript,
    RECORDS: record,
    RAW: storable,
}
OPTIONAL = {"preference": ("margin",)}
ONE_CLASS = "Every label is the same. A trainer needs both."


def split_of(group_id: str) -> str:
    """Which side of a split a group is on; the same for every export."""
    return TEST if int(hashlib.sha256(group_id.encode()).hexdigest(), 16) % 100 < TEST_SHARE else TRAIN


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong with a line, counted from 1 (0: the file), and where in it."""

    line: int
    record: str
    place: str
    problem: str

    def __str__(self) -> str:
        """One sentence for a person."""
        line = f"line {self.line}" if self.line else "the file"
        return f"{', '.join(part for part in (line, self.record, self.place) if part)}: {self.problem}"


@dataclass(slots=True)
class Sheet:
    """One file of lines; `split` is the side of a split it holds, empty for both."""

    format: str
    split: str = ""
    count: int = 0
    labels: set[bool] = field(default_factory=set)
    shape: dict[str, bool] = field(default_factory=dict)
    chain: str = GENESIS

    def line(self, body: Any) -> list[Defect]:
        """What is wrong with the next line."""
        self.count += 1
        if not isinstance(body, Mapping):
            return [Defect(self.count, "", "", "This is not a JSON object.")]
        name = body.get("record_id")
        record_id = name if isinstance(name, str) else ""
        return [Defect(self.count, record_id, place, said) for place, said in self._problems(body)]

    def unread(self, problem: str) -> Defect:
        """A line nobody can read."""
        self.count += 1
        return Defect(self.count, "", "", problem)

    def closed(self) -> list[Defect]:
        """What is wrong with the file as a whole."""
        one_class = self.format == "unpaired" and self.split != TEST and len(self.labels) == 1
        return [Defect(0, "", "label", ONE_CLASS)] if one_class else []

    def _problems(self, body: Line) -> Iterator[Problem]:
        odd = list(storable(body))
        if odd or self.format not in CHECKS:
            yield from odd or [("", f"{self.format} is no format of ours.")]
            return
        yield from CHECKS[self.format](body)
        yield from ids(body)
        yield from self._together(body)

    def _together(self, body: Line) -> Iterator[Problem]:
        """What other lines decide: optional columns, labels, the chain, the side of a split."""
        for name in OPTIONAL.get(self.format, ()):
            if self.shape.setdefault(name, name in body) != (name in body):
                yield name, "This column stands in some lines only. It stands in all of them or in none."
        if isinstance(body.get("label"), bool):
            self.labels.add(body["label"])
        group = body.get("group_id")
        if self.split and isinstance(group, str) and split_of(group) != self.split:
            yield "group_id", f"This group is on the other side of the split: {split_of(group)}."
        if self.format == RECORDS and isinstance(body.get("chain"), Mapping):
            yield from self._linked(body)

    def _linked(self, body: Line) -> Iterator[Problem]:
        chain = body["chain"]
        if chain.get("prev") != self.chain:
            yield "chain.prev", "This is not the hash of the line before."
        told = {name: value for name, value in body.items() if name != "chain"}
        if chain.get("hash") != linked(str(chain.get("prev")), told):
            yield "chain.hash", "The line is not what was hashed."
        self.chain = str(chain.get("hash"))


def canonical(value: Any) -> str:
    """One spelling of a JSON value: sorted keys, no spaces, UTF-8 as it is."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def linked(previous: str, told: Line) -> str:
    """The hash of a record in the chain: over the one before and this one."""
    return hashlib.sha256((previous + canonical(told)).encode()).hexdigest()
