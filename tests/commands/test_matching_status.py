"""`matching` says which models order the jobs, and does the night's work when asked."""

import pytest
from sqlalchemy.orm import Session

from marketplace.kit.application import Application
from marketplace.matching.service import SentenceModel
from tests.factories.projects import make_project
from tests.factories.sentences import PlayedModel


def asked(app: Application, *words: str) -> str:
    result = app.test_cli_runner().invoke(args=["matching", *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_before_the_first_night_there_is_nothing(app: Application) -> None:
    assert asked(app, "status").splitlines() == [
        "Model of spelling: none before the first night",
        "Sentence model: off. SENTENCE_MODEL is not set.",
        "Documents read by a sentence model: 0 of 0",
    ]


def test_a_night_now_and_what_it_made(
    app: Application, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = PlayedModel(("heart",))
    monkeypatch.setitem(app.extensions["assay"], SentenceModel, model)
    make_project(session, title="Judge heart sounds")
    session.commit()
    assert asked(app, "refit").startswith("Done.")
    said = asked(app, "status")
    assert "Model of spelling: number 1" in said
    assert f"Sentence model: on, {model.id}" in said
    read, documents = (int(part) for part in said.splitlines()[-1].partition(": ")[2].split(" of "))
    assert read == documents > 100, "every specialty and the job"
