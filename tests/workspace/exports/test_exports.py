"""What a company takes home: approved work alone, as files that match their checksums; and builders that give up."""

import hashlib
import io
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from config.content import CLASSES
from marketplace.gateways import Gateways
from marketplace.gateways.storage.protocol import Storage
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.projects import queries as projects
from marketplace.projects.models import Project
from tests.factories.care import SENSITIVE, agree
from tests.factories.companies import make_company
from tests.factories.experts import make_expert
from tests.factories.projects import make_owner
from tests.factories.queue import run_promises
from tests.factories.reviews import decided, make_reviewer, make_waiting
from tests.pages import Pages
from workspace.exports import policy, service
from workspace.exports.errors import NothingToExport
from workspace.exports.models import Export, ExportFile, ExportState
from workspace.exports.service import requests
from workspace.reviews.models import Verdict
from workspace.submissions.models import Submission
from workspace.task_types import registry
from workspace.task_types.base import Line


def storage_of(app: Application) -> Storage:
    return app.extensions["assay"][Gateways].storage


def approved(session: Session, **plan: Any) -> tuple[Submission, Project]:
    """One approved answer, with its project."""
    submission = make_waiting(session, overlap=1, **plan)
    decided(session, submission, Verdict.APPROVE)
    return submission, projects.lock(session, submission.project_id)


def asked(session: Session, project: Project) -> Export:
    project = projects.lock(session, project.id)
    export = service.request(session, project, by=make_owner(session, project.company))
    session.flush()
    return export


def built(app: Application, session: Session, project: Project) -> tuple[Export, dict[str, bytes]]:
    """An export and its files, built by the worker."""
    export_id = asked(session, project).id
    run_promises(app, session)
    export = session.get_one(Export, export_id)
    assert export.state is ExportState.FROZEN, export.problem
    files: dict[str, bytes] = {}
    for file in session.query(ExportFile).filter_by(export_id=export_id):
        with storage_of(app).open(file.storage_key).stream as stream:
            files[file.name] = stream.read()
        assert hashlib.sha256(files[file.name]).hexdigest() == file.sha256
        assert len(files[file.name]) == file.byte_count
    return export, files


def lines(raw: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in io.BytesIO(raw)]


def test_a_frozen_export_holds_approved_work_and_matches_its_checksums(
    app: Application, session: Session
) -> None:
    submission, project = approved(session)
    export, files = built(app, session, project)
    manifest = json.loads(files["manifest.json"])
    assert manifest["counts"]["records"] == 1
    assert {file["name"]: file["sha256"] for file in manifest["files"]} == {
        name: hashlib.sha256(raw).hexdigest() for name, raw in files.items() if name != "manifest.json"
    }
    (record,) = lines(files["records.jsonl"])
    assert record["answer"] == submission.answer
    assert record["chain"]["hash"] == manifest["chain"] == export.manifest["chain"]
    assert str(submission.user_id) not in files["records.jsonl"].decode(), "people have another name there"
    assert record["wall_ms"] >= 0
    assert record["review"]["by"] != record["expert"]["pseudonym"]
    assert not any(policy.check_folder(files).values()), "every line is fit for trainers"
    (sided,) = [name for name in files if name.startswith("preference-")]
    pairs = lines(files[sided])
    assert manifest["split"]["lines"][sided.removesuffix(".jsonl")] == len(pairs)
    assert pairs
    assert all(pair["chosen"] != pair["rejected"] and pair["margin"] > 0 for pair in pairs)


def test_golden_responses_become_demonstrations(app: Application, session: Session) -> None:
    _, project = approved(session, task_type="golden_response", options={})
    _, files = built(app, session, project)
    (shown,) = [
        line for name, raw in files.items() if name.startswith("demonstration-") for line in lines(raw)
    ]
    assert [turn["role"] for turn in shown["messages"]][-1] == "assistant"


def test_a_file_of_one_label_is_left_out_and_said(app: Application, session: Session) -> None:
    _, project = approved(session, task_type="hallucination_flagging", options={})
    export, files = built(app, session, project)
    assert not [name for name in files if name.startswith("unpaired")]
    left_out = export.manifest["left_out"]["formats"]["unpaired"]
    assert (left_out["lines"], left_out["why"]) == (1, policy.ONE_CLASS)
    assert "unpaired" not in export.manifest["counts"]


def test_a_line_no_trainer_can_read_freezes_nothing(
    app: Application, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, project = approved(session)
    kind = type(registry.get(project.task_type))
    broken = Line("preference", {"prompt": None, "chosen": [], "rejected": []})
    monkeypatch.setattr(kind, "aggregate", lambda *given: [broken])
    export_id = asked(session, project).id
    run_promises(app, session)
    export = session.get_one(Export, export_id)
    assert export.state is ExportState.FAILED
    assert "line 1, T-" in export.problem
    assert session.query(ExportFile).filter_by(export_id=export_id).count() == 0


def test_an_export_on_disk_is_checked(app: Application, session: Session, tmp_path: Path) -> None:
    _, project = approved(session)
    _, files = built(app, session, project)
    for name, raw in files.items():
        (tmp_path / name).write_bytes(raw)
    run = app.test_cli_runner().invoke
    assert run(args=["exports", "check", str(tmp_path)]).exit_code == 0
    records = tmp_path / "records.jsonl"
    records.write_bytes(records.read_bytes().replace(b'"round": 0', b'"round": 1'))
    result = run(args=["exports", "check", str(tmp_path)])
    assert result.exit_code == 1
    assert "BROKEN records.jsonl" in result.output
    assert "chain.hash" in result.output
    (tmp_path / "nothing").mkdir()
    assert run(args=["exports", "check", str(tmp_path / "nothing")]).exit_code == 1


@pytest.mark.parametrize("line", ['{"\\ud800": 1}', '{"\\u001b[2J": 1}'])
def test_a_crafted_folder_is_named_and_never_breaks_the_check(
    app: Application, tmp_path: Path, line: str
) -> None:
    (tmp_path / "demonstration.jsonl").write_text(line + "\n")
    (tmp_path / "raw.jsonl").mkdir()
    result = app.test_cli_runner().invoke(args=["exports", "check", str(tmp_path)])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "This column is unknown here." in result.output
    assert "\x1b" not in result.output


def test_pipes_devices_and_dead_links_are_named_and_never_opened(app: Application, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "records.jsonl")
    (tmp_path / "raw.jsonl").symlink_to("/dev/zero")
    (tmp_path / "demonstration.jsonl").symlink_to(tmp_path / "nowhere")
    (tmp_path / "manifest.json").mkdir()
    (tmp_path / "preference.jsonl").write_bytes(b"\xff\xfe\n")
    result = app.test_cli_runner().invoke(args=["exports", "check", str(tmp_path)])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert result.output.count("This is no file that can be read.") == 4
    assert "This line is not UTF-8 text." in result.output


def test_a_line_without_an_end_is_named_and_never_held(
    app: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "raw.jsonl").open("wb") as file:
        file.write(b"{}\n")
        file.truncate(2**40)  # a terabyte of nothing, which takes no room
    with (tmp_path / "manifest.json").open("wb") as file:
        file.truncate(2**40)
    result = app.test_cli_runner().invoke(args=["exports", "check", str(tmp_path)])
    assert isinstance(result.exception, SystemExit)
    assert (
        "line 2: This line has more than 8,388,608 bytes. Nothing of this file was checked." in result.output
    )
    assert result.output.count("BROKEN") == 2
    monkeypatch.setattr(policy, "LINE_BYTES", 4)
    (tmp_path / "raw.jsonl").write_bytes(b"1234\n1234\n1234")
    (tmp_path / "manifest.json").unlink()
    result = app.test_cli_runner().invoke(args=["exports", "check", str(tmp_path)])
    assert "more than" not in result.output


@pytest.mark.parametrize("plan", [{"task_type": "red_teaming", "options": {}}, SENSITIVE])
def test_sensitive_content_is_marked_and_lies_in_a_folder_of_its_own(
    app: Application, session: Session, pages: Pages, tmp_path: Path, plan: dict[str, Any]
) -> None:
    expert, reviewer = make_expert(session), make_reviewer(session)
    for person in (expert.user, reviewer):
        agree(session, person, *CLASSES)
    submission = make_waiting(session, expert=expert, overlap=1, **plan)
    decided(session, submission, Verdict.APPROVE, reviewer)
    project = projects.lock(session, submission.project_id)
    member = make_owner(session, project.company)
    export, files = built(app, session, project)
    manifest = json.loads(files["manifest.json"])
    assert manifest["sensitive"] is True
    assert manifest["project"]["content_classes"] == sorted(project.classes)
    assert all(file["sensitive"] for file in manifest["files"])
    assert all(name.startswith("sensitive/") for name in files if name != "manifest.json")
    assert not any(policy.check_folder(files).values())
    page = pages.enter(member).get("exports.show", export_id=export.id)
    assert "This export holds sensitive content" in page.text
    file = {"export_id": export.id, "name": "sensitive/records.jsonl"}
    assert any(link.get("href") == pages.path("exports.download", **file) for link in page.all("a"))
    taken = pages.get("exports.download", **file)
    assert (taken.status, taken.answer.data) == (200, files["sensitive/records.jsonl"])
    assert "filename=sensitive-records.jsonl" in taken.answer.headers["Content-Disposition"]
    taken.answer.close()
    for other in ("records.jsonl", "sensitive/../manifest.json", "sensitive/passwd"):
        assert pages.get("exports.download", export_id=export.id, name=other).status == 404
    run = app.test_cli_runner().invoke
    for name, raw in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(raw)
        (tmp_path / "flat").mkdir(exist_ok=True)
        (tmp_path / "flat" / policy.kept_as(name)).write_bytes(raw)
    for folder in (tmp_path, tmp_path / "flat"):
        assert run(args=["exports", "check", str(folder)]).exit_code == 0
    (tmp_path / "sensitive" / "records.jsonl").rename(tmp_path / "records.jsonl")
    result = run(args=["exports", "check", str(tmp_path)])
    assert (result.exit_code, "BROKEN sensitive/records.jsonl" in result.output) == (1, True)


def test_what_is_not_sensitive_says_so(app: Application, session: Session, pages: Pages) -> None:
    _, project = approved(session)
    export, files = built(app, session, project)
    manifest = json.loads(files["manifest.json"])
    assert manifest["sensitive"] is False
    assert not any(file["sensitive"] for file in manifest["files"])
    pages.enter(make_owner(session, projects.lock(session, project.id).company))
    assert "sensitive content" not in pages.get("exports.show", export_id=export.id).text


def test_rejected_work_is_no_data(session: Session) -> None:
    submission = make_waiting(session, overlap=1)
    decided(session, submission, Verdict.REJECT)
    with pytest.raises(NothingToExport):
        asked(session, projects.lock(session, submission.project_id))


def test_a_newer_export_takes_the_place_of_the_older_one(app: Application, session: Session) -> None:
    _, project = approved(session)
    older, _ = built(app, session, project)
    newer, _ = built(app, session, project)
    assert older.id != newer.id
    assert session.get_one(Export, older.id).state is ExportState.SUPERSEDED


def test_an_export_nobody_builds_any_more_has_failed(session: Session) -> None:
    _, project = approved(session)
    stuck = asked(session, project)
    assert asked(session, project).id == stuck.id, "one at a time"
    service.give_up(session)
    assert stuck.state is ExportState.BUILDING
    with clock.shifted(requests.BUILT_WITHIN + timedelta(seconds=1)):
        service.give_up(session)
    assert (stuck.state, stuck.problem) == (ExportState.FAILED, requests.GAVE_UP)
    assert asked(session, project).id != stuck.id


def test_an_export_is_of_its_company_alone(app: Application, session: Session, pages: Pages) -> None:
    _, project = approved(session)
    export, files = built(app, session, project)
    member = make_owner(session, projects.lock(session, project.id).company)
    other = make_owner(session, make_company(session))
    file = {"export_id": export.id, "name": "records.jsonl"}
    taken = pages.enter(member).get("exports.download", **file)
    assert (taken.status, taken.answer.data) == (200, files["records.jsonl"])
    taken.answer.close()
    assert "records.jsonl" in pages.get("exports.show", export_id=export.id).text
    assert pages.enter(other).get("exports.download", **file).status == 404
    assert pages.get("exports.show", export_id=export.id).status == 404
