"""Projects whose experts talk to a model, and the model they talk to."""

from typing import Any

from sqlalchemy.orm import Session

from marketplace.identity.models import User
from marketplace.kit.sealing import Sealer
from marketplace.projects import service
from marketplace.projects.models import ModelEndpoint, Project
from marketplace.projects.policy import ModelSetup
from tests.factories.model_server import KEY
from tests.factories.projects import make_project

LIVE = "red_teaming"
SEALER = Sealer("", "x" * 32)  # as `settings_for` has it


def make_setup(**changes: Any) -> ModelSetup:
    """A model with a key on a public address."""
    values = {"url": "https://models.example.org/v1", "model": "m-1", "key": KEY, "replies_a_day": 200}
    return ModelSetup(**{**values, **changes})


def make_live_project(session: Session, **columns: Any) -> Project:
    """A project in which experts talk to a model."""
    return make_project(session, task_type=LIVE, **columns)


def make_endpoint(session: Session, project: Project, *, by: User, **setup: Any) -> ModelEndpoint:
    """The project's model."""
    made = service.set_model(session, project, by=by, setup=make_setup(**setup), sealer=SEALER)
    session.flush()
    return made
