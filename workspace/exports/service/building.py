"""Building: read in one reading transaction, write files outside, freeze in a last one."""

import hashlib
import io
import json
import tempfile
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from marketplace.gateways.storage.protocol import Storage
from marketplace.kit import ids
from marketplace.kit.database import Sessions, transaction
from marketplace.projects.models import Project
from workspace.exports import queries
from workspace.exports.models import ExportState
from workspace.exports.service.lines import Exported, Guidelines, canonical, lines
from workspace.exports.service.requests import Written, fail, freeze

JSONL, JSON = "application/jsonl", "application/json"


@dataclass(slots=True)
class _Files:
    """One open file per format, in a folder that vanishes; records carry a chain of hashes."""

    folder: Path
    counts: Counter[str] = field(default_factory=Counter)
    open: dict[str, BinaryIO] = field(default_factory=dict)
    agreements: list[float] = field(default_factory=list)
    tasks: set[str] = field(default_factory=set)
    guidelines: set[int] = field(default_factory=set)
    chain: str = "0" * 64

    def write(self, line: Exported) -> None:
        """Add one line to the file of its format."""
        body = self._chained(line.body) if line.format == "records" else line.body
        if line.format not in self.open:
            self.open[line.format] = (self.folder / line.format).open("w+b")
        self.open[line.format].write(json.dumps(body, ensure_ascii=False, allow_nan=False).encode() + b"\n")
        self.counts[line.format] += 1

    def _chained(self, record: dict[str, Any]) -> dict[str, Any]:
        if record["task"] not in self.tasks and record["agreement"]["mean_pairwise"] is not None:
            self.agreements.append(record["agreement"]["mean_pairwise"])
        self.tasks.add(record["task"])
        self.guidelines.add(record["guideline"]["version"])
        previous = self.chain
        self.chain = hashlib.sha256((previous + canonical(record)).encode()).hexdigest()
        return {**record, "chain": {"prev": previous, "hash": self.chain}}

    def close(self) -> None:
        """Close every file."""
        for file in self.open.values():
            file.close()


def build(sessions: Sessions, storage: Storage, export_id: uuid.UUID) -> None:
    """Write the files of an export and freeze it; safe to run twice, since only the first freeze counts."""
    with tempfile.TemporaryDirectory(prefix="assay-export-") as folder:
        files = _Files(Path(folder))
        try:
            with transaction(sessions, write=False) as session:
                export = queries.export(session, export_id)
                if export is None or export.state is not ExportState.BUILDING:
                    return
                project, guidelines = export.project, queries.guideline_numbers(session, export.project_id)
                for line in lines(session, project, guidelines):
                    files.write(line)
            if not files.counts:
                with transaction(sessions) as session:
                    fail(session, export_id, problem="Nothing approved could be read.")
                return
            written = [_keep(storage, files, name) for name in sorted(files.open)]
        finally:
            files.close()
    manifest = _manifest(export_id, project, guidelines, files, written)
    written.append(_keep_manifest(storage, manifest))
    with transaction(sessions) as session:
        freeze(session, export_id, files=written, manifest=manifest)


def _keep(storage: Storage, files: _Files, name: str) -> Written:
    stream = files.open[name]
    stream.seek(0)
    stored = storage.put(stream, content_type=JSONL)
    return Written(
        name=f"{name}.jsonl",
        format=name,
        storage_key=stored.key,
        sha256=stored.sha256,
        byte_count=stored.byte_count,
        line_count=files.counts[name],
    )


def _keep_manifest(storage: Storage, manifest: dict[str, Any]) -> Written:
    raw = json.dumps(manifest, ensure_ascii=False, indent=2, allow_nan=False).encode() + b"\n"
    stored = storage.put(io.BytesIO(raw), content_type=JSON)
    return Written(
        name="manifest.json",
        format="manifest",
        storage_key=stored.key,
        sha256=stored.sha256,
        byte_count=stored.byte_count,
        line_count=raw.count(b"\n"),
    )


def _manifest(
    export_id: uuid.UUID, project: Project, guidelines: Guidelines, files: _Files, written: list[Written]
) -> dict[str, Any]:
    agreements = files.agreements
    return {
        "export": ids.code("E", export_id),
        "project": _about(project),
        "filters": {"decision": ["approved", "auto_approved", "approved_on_appeal"]},
        "counts": {"tasks": len(files.tasks), **dict(sorted(files.counts.items()))},
        "agreement": {
            "tasks": len(agreements),
            "mean_pairwise": sum(agreements) / len(agreements) if agreements else None,
        },
        "guideline_versions": [
            {"version": number, "sha256": digest}
            for number, digest in sorted(guidelines.values())
            if number in files.guidelines
        ],
        "pay": {
            "price_minor": project.price_minor,
            "hourly_minor": project.hourly_minor,
            "currency": project.currency,
        },
        "chain": files.chain,
        "files": [_about_file(file) for file in written],
    }


def _about(project: Project) -> dict[str, Any]:
    return {
        "code": ids.code("P", project.id),
        "title": project.title,
        "company": project.company.name,
        "type": project.task_type,
        "specialty": project.specialty,
        "tier": project.tier,
        "language": project.language,
    }


def _about_file(file: Written) -> dict[str, Any]:
    return {
        "name": file.name,
        "format": file.format,
        "lines": file.line_count,
        "bytes": file.byte_count,
        "sha256": file.sha256,
    }
