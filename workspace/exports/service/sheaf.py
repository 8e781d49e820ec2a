"""The open files of an export while it is built: every line is checked before it is kept."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from workspace.exports.policy import GENESIS, RECORDS, Defect, Sheet, linked, split_of
from workspace.exports.service.lines import Exported

DEFECTS = 20
LONG_CHARACTERS = 32_768  # about 8,192 tokens of 4 characters: more than many trainers read
LONG_LISTED = 200


@dataclass(slots=True)
class Sheaf:
    """One file per format and side of the split, in a folder that vanishes; records are chained by hashes."""

    folder: Path
    sheets: dict[str, Sheet] = field(default_factory=dict)
    open: dict[str, BinaryIO] = field(default_factory=dict)
    defects: list[str] = field(default_factory=list)
    agreements: list[float] = field(default_factory=list)
    tasks: set[str] = field(default_factory=set)
    guidelines: set[int] = field(default_factory=set)
    long: list[str] = field(default_factory=list)
    left_out: dict[str, dict[str, Any]] = field(default_factory=dict)
    with_lines: set[str] = field(default_factory=set)
    chain: str = GENESIS

    def write(self, line: Exported) -> None:
        """Check one line and add it to its file; what is wrong with it is kept, and the export fails."""
        body = self._chained(line.body) if line.format == RECORDS else line.body
        split = "" if line.format == RECORDS else split_of(line.body["group_id"])
        name = f"{line.format}-{split}" if split else line.format
        sheet = self.sheets.setdefault(name, Sheet(line.format, split))
        if found := sheet.line(body):
            self._refuse(name, found)
            return
        text = json.dumps(body, ensure_ascii=False, allow_nan=False)
        if split and len(text) > LONG_CHARACTERS:
            self.long.append(body["record_id"])
        if name not in self.open:
            self.open[name] = (self.folder / name).open("w+b")
        self.open[name].write(text.encode() + b"\n")
        if split:
            self.with_lines.add(line.task)

    def leave_out(self) -> None:
        """Take back the formats that no trainer could use as a whole, and say why."""
        unfit = {
            sheet.format: found[0].problem for sheet in self.sheets.values() if (found := sheet.closed())
        }
        for file_format, why in unfit.items():
            self._drop(file_format, why)

    def _drop(self, file_format: str, why: str) -> None:
        names = [name for name, sheet in self.sheets.items() if sheet.format == file_format]
        self.left_out[file_format] = {"lines": sum(self.sheets[name].count for name in names), "why": why}
        for name in names:
            del self.sheets[name]
            if name in self.open:  # not when every line of it was refused
                self.open.pop(name).close()

    def _refuse(self, name: str, found: list[Defect]) -> None:
        left = DEFECTS - len(self.defects)
        self.defects += [f"{name}, {defect}" for defect in found[: max(left, 0)]]

    def _chained(self, record: dict[str, Any]) -> dict[str, Any]:
        if record["task"] not in self.tasks and record["agreement"]["mean_pairwise"] is not None:
            self.agreements.append(record["agreement"]["mean_pairwise"])
        self.tasks.add(record["task"])
        self.guidelines.add(record["guideline"]["version"])
        previous = self.chain
        self.chain = linked(previous, record)
        return {**record, "chain": {"prev": previous, "hash": self.chain}}

    @property
    def counts(self) -> Counter[str]:
        """Lines per format, both sides of a split together."""
        found: Counter[str] = Counter()
        for sheet in self.sheets.values():
            found[sheet.format] += sheet.count
        return found

    def close(self) -> None:
        """Close every file."""
        for file in self.open.values():
            file.close()
