"""Recorded titles and questions find their fields at least as often as the known methods do."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import matching
from bench.matching import Figures
from marketplace.kit.database import Sessions, make_sessions
from marketplace.matching.service import SentenceModel
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


@pytest.fixture
def model() -> SentenceModel:
    """The extra, where it is installed: SENTENCE_MODEL says where."""
    found = SentenceModel(os.environ.get("SENTENCE_MODEL", ""))
    if not found.is_on:
        pytest.skip(found.why_off)
    return found


def at_least(found: Figures, floors: dict[str, float]) -> bool:
    reached = {name: round(getattr(found, name), 3) for name in floors}
    assert all(reached[name] >= floor for name, floor in floors.items()), reached
    return True


def test_titles_beat_every_method_of_text(sessions: Sessions) -> None:
    found = matching.title_figures(sessions, Path(FOLDER))
    assert at_least(found, {"first": 0.837, "fifth": 0.942, "tenth": 0.956, "reciprocal": 0.885})


def test_questions_beat_every_method_of_text(sessions: Sessions) -> None:
    found = matching.question_figures(sessions, Path(FOLDER))
    assert at_least(found, {"first": 0.311, "third": 0.458})


def test_titles_reach_all_layers_with_the_extra(sessions: Sessions, model: SentenceModel) -> None:
    found = matching.title_figures(sessions, Path(FOLDER), model=model)
    known = {"first": 0.853, "fifth": 0.956, "tenth": 0.970, "reciprocal": 0.901}
    if sessions.kw["bind"].dialect.name == "postgresql":  # its words are split otherwise: what it reaches
        known = {"first": 0.849, "fifth": 0.954, "tenth": 0.964, "reciprocal": 0.899}
    assert at_least(found, known)


def test_questions_reach_the_names_alone_with_the_extra(sessions: Sessions, model: SentenceModel) -> None:
    found = matching.question_figures(sessions, Path(FOLDER), model=model)
    assert at_least(found, {"first": 0.573, "third": 0.788})
