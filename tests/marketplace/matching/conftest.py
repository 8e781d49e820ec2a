from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from marketplace.kit.application import Application
from tests.factories.texts import refit


@pytest.fixture
def night(app: Application, session: Session) -> Callable[[], None]:
    """What happens every night, on this test's connection."""

    def run() -> None:
        session.commit()
        refit(app.sessions)
        session.expire_all()

    return run
