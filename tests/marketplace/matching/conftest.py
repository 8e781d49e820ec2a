from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from marketplace.kit.application import Application
from marketplace.outbox import service as outbox
from marketplace.outbox.service import Handlers
from tests.factories.texts import refit


@pytest.fixture
def night(app: Application, session: Session) -> Callable[[], None]:
    """What happens every night, on this test's connection."""

    def run() -> None:
        session.commit()
        refit(app.sessions)
        session.expire_all()

    return run


@pytest.fixture
def work(app: Application, session: Session) -> Callable[[], None]:
    """The worker runs what was promised."""

    def run() -> None:
        session.commit()
        outbox.run_all(app.sessions, app.extensions["assay"][Handlers])
        session.expire_all()

    return run
