"""Recorded titles and questions find their fields at least as often as the known methods do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import matching
from marketplace.kit.database import Sessions, make_sessions
from tests.conftest import fresh_postgres, migrate
from tests.replays.recorded import FOLDER, needs_data

pytestmark = needs_data


@pytest.fixture(params=["sqlite", "postgresql"])
def sessions(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sessions]:
    url = f"sqlite:///{tmp_path}/matching.db"
    if request.param == "postgresql":
        url = fresh_postgres(request.getfixturevalue("postgres_url"), "replay_matching")
    migrate(url)
    made = make_sessions(url)
    yield made
    made.kw["bind"].dispose()


def test_titles_reach_the_floor(sessions: Sessions) -> None:
    found = matching.title_figures(sessions, Path(FOLDER))
    reached = [round(one, 3) for one in (found.first, found.tenth, found.reciprocal)]
    assert all(one >= floor for one, floor in zip(reached, (0.837, 0.956, 0.885), strict=True)), reached


def test_questions_reach_the_floor(sessions: Sessions) -> None:
    found = matching.question_figures(sessions, Path(FOLDER))
    reached = [round(one, 3) for one in (found.first, found.third)]
    assert all(one >= floor for one, floor in zip(reached, (0.303, 0.458), strict=True)), reached
