"""Demo and simulation make people up and give them roles: never in a house with real money or in production."""

import pytest
from flask.testing import FlaskCliRunner
from pydantic import SecretStr

from config.settings import Settings
from marketplace.kit.application import Application


@pytest.mark.parametrize("command", [["demo", "seed"], ["simulate", "--tasks", __file__]])
@pytest.mark.parametrize("real", [{"production": True}, {"stripe_secret_key": SecretStr("sk_live_1")}])
def test_a_real_house_is_left_alone(
    app: Application, monkeypatch: pytest.MonkeyPatch, command: list[str], real: dict[str, object]
) -> None:
    wiring = app.extensions["assay"]
    known: Settings = wiring[Settings]
    fields = {name: getattr(known, name) for name in type(known).model_fields}
    monkeypatch.setitem(wiring, Settings, known.model_construct(**{**fields, **real}))
    said = FlaskCliRunner(app).invoke(args=command)
    assert said.exit_code == 1
    assert "with test money" in said.output
