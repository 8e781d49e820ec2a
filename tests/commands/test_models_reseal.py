"""`models reseal` is the middle step of changing the secret."""

import pytest
from sqlalchemy.orm import Session

from marketplace.kit.application import Application
from marketplace.kit.sealing import Sealer
from marketplace.projects import queries, service
from tests.factories.model_server import KEY
from tests.factories.models import make_endpoint, make_live_project
from tests.factories.projects import make_owner

OLD, NEW = "x" * 32, "n" * 32


def test_keys_are_sealed_anew(app: Application, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_live_project(session)
    make_endpoint(session, project, by=make_owner(session, project.company))
    monkeypatch.setitem(app.extensions["assay"], Sealer, Sealer(OLD, NEW))
    result = app.test_cli_runner().invoke(args=["models", "reseal"])
    assert (
        result.output
        == "1 keys, 0 numbers, 0 bank details and 0 tax numbers sealed with SECRET_KEY. SECRET_KEY_FALLBACK may go.\n"
    )
    session.expire_all()
    kept = queries.model_endpoint(session, project.id)
    assert kept is not None
    assert service.model_address(kept, Sealer(NEW)).key == KEY


def test_a_key_that_cannot_be_opened_stops_it(
    app: Application, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_live_project(session)
    make_endpoint(session, project, by=make_owner(session, project.company))
    monkeypatch.setitem(app.extensions["assay"], Sealer, Sealer(NEW))
    result = app.test_cli_runner().invoke(args=["models", "reseal"])
    assert result.exit_code == 1
    assert "cannot be read" in result.output
