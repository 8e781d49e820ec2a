"""Building: read in one reading transaction, write files outside, freeze in a last one."""

import io
import json
import tempfile
import uuid
from pathlib import Path
from typing import Any

from marketplace.gateways.storage.protocol import Storage
from marketplace.kit import ids
from marketplace.kit.database import Sessions, transaction
from marketplace.projects.models import Project
from workspace.exports import queries
from workspace.exports.models import ExportState
from workspace.exports.policy import SENSITIVE, TEST_SHARE
from workspace.exports.service.lines import Guidelines, lines
from workspace.exports.service.requests import Written, fail, freeze
from workspace.exports.service.sheaf import LONG_CHARACTERS, LONG_LISTED, Sheaf
from workspace.task_types import registry

JSONL, JSON = "application/jsonl", "application/json"


def build(sessions: Sessions, storage: Storage, export_id: uuid.UUID) -> None:
    """Write the files of an export and freeze it; safe to run twice, since only the first freeze counts."""
    with tempfile.TemporaryDirectory(prefix="assay-export-") as folder:
        files = Sheaf(Path(folder))
        try:
            with transaction(sessions, write=False) as session:
                export = queries.export(session, export_id)
                if export is None or export.state is not ExportState.BUILDING:
                    return
                project, guidelines = export.project, queries.guideline_numbers(session, export.project_id)
                for line in lines(session, project, guidelines):
                    files.write(line)
            files.leave_out()
            if problem := _problem(files):
                with transaction(sessions) as session:
                    fail(session, export_id, problem=problem)
                return
            below = SENSITIVE if _is_sensitive(project) else ""
            written = [_keep(storage, files, name, below) for name in sorted(files.open)]
        finally:
            files.close()
    manifest = _manifest(export_id, project, guidelines, files, written)
    written.append(_keep_manifest(storage, manifest))
    with transaction(sessions) as session:
        freeze(session, export_id, files=written, manifest=manifest)


def _problem(files: Sheaf) -> str:
    """Why nothing may be frozen; empty when all is well."""
    if files.defects:
        return f"A line is not fit for trainers, so nothing was frozen. Tell support: {files.defects[0]}"
    return "" if files.counts else "Nothing approved could be read."


def _is_sensitive(project: Project) -> bool:
    """Whether its lines may harm or upset who reads them: by its type, or because the company declared it."""
    return registry.get(project.task_type).sensitive or bool(project.classes)


def _keep(storage: Storage, files: Sheaf, name: str, below: str) -> Written:
    stream = files.open[name]
    stream.seek(0)
    stored = storage.put(stream, content_type=JSONL)
    return Written(
        name=f"{below}{name}.jsonl",
        format=files.sheets[name].format,
        storage_key=stored.key,
        sha256=stored.sha256,
        byte_count=stored.byte_count,
        line_count=files.sheets[name].count,
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
    export_id: uuid.UUID, project: Project, guidelines: Guidelines, files: Sheaf, written: list[Written]
) -> dict[str, Any]:
    agreements = files.agreements
    return {
        "export": ids.code("E", export_id),
        "project": _about(project),
        "sensitive": _is_sensitive(project),
        "filters": {"decision": ["approved", "auto_approved", "approved_on_appeal"]},
        "counts": {"tasks": len(files.tasks), **dict(sorted(files.counts.items()))},
        "split": {
            "by": "sha256(group_id) modulo 100",
            "test": f"under {TEST_SHARE}",
            "lines": {name: sheet.count for name, sheet in sorted(files.sheets.items()) if sheet.split},
        },
        "left_out": {"formats": files.left_out, "tasks_without_lines": len(files.tasks - files.with_lines)},
        "long_lines": {
            "over_characters": LONG_CHARACTERS,
            "count": len(files.long),
            "records": files.long[:LONG_LISTED],
        },
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
        "content_classes": sorted(project.classes),
    }


def _about_file(file: Written) -> dict[str, Any]:
    return {
        "name": file.name,
        "format": file.format,
        "lines": file.line_count,
        "bytes": file.byte_count,
        "sha256": file.sha256,
        "sensitive": file.name.startswith(SENSITIVE),
    }
