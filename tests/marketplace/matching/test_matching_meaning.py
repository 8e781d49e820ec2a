"""Meaning: read by the worker, saved, compared where both sides were read; and everything without it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.experts import service as experts
from marketplace.experts.models import Expert
from marketplace.kit.application import Application
from marketplace.matching import queries, service
from marketplace.matching.models import DocumentKind, Meaning, SearchDocument
from marketplace.matching.service import SentenceModel, ranking
from marketplace.outbox import service as outbox
from marketplace.outbox.models import OutboxMessage
from marketplace.outbox.service import Handlers
from marketplace.projects.models import Project, ProjectState
from tests.factories.experts import make_expert
from tests.factories.projects import make_project
from tests.factories.sentences import PlayedModel

OPEN = select(Project.id).where(Project.state == ProjectState.OPEN)
HEART, BREAD = ("heart", "cardiac"), ("bread", "dough")


@pytest.fixture
def model() -> PlayedModel:
    return PlayedModel(HEART, BREAD)


@pytest.fixture
def read(app: Application, session: Session, model: PlayedModel) -> Callable[[], None]:
    """The worker writes what was promised, then reads what no vector is of."""

    def run() -> None:
        session.commit()
        outbox.run_all(app.sessions, app.extensions["assay"][Handlers])
        service.read(app.sessions, {}, model=model)
        session.expire_all()

    return run


def pair(session: Session) -> tuple[Expert, Project, Project]:
    """Somebody, the job that means what they say in other words, and one that pays better."""
    expert = make_expert(session)
    _headline(session, expert, "Cardiac surgeon")
    fits = make_project(session, title="Judge heart sounds", specialty="general")
    other = make_project(session, title="Rate dough recipes", specialty="general", tier="licensed")
    return expert, fits, other


def first(session: Session, expert: Expert) -> ranking.Ranked:
    return ranking.rank(session, expert, within=OPEN).rows[0]


def test_what_means_the_same_is_found_without_a_common_word(
    session: Session, read: Callable[[], None], model: PlayedModel
) -> None:
    expert, fits, _ = pair(session)
    read()
    found = first(session, expert)
    assert (found.project_id, found.reason) == (fits.id, "Matches your profile: “Cardiac surgeon”")
    count = model.read
    read()
    assert model.read == count, "nothing has changed"


def test_a_text_that_has_changed_is_read_again_and_counts_not_before(
    session: Session, app: Application, read: Callable[[], None], model: PlayedModel
) -> None:
    expert, fits, other = pair(session)
    read()
    _headline(session, expert, "Baker of bread")
    session.commit()
    outbox.run_all(app.sessions, app.extensions["assay"][Handlers])
    session.expire_all()
    assert {one.fit for one in ranking.rank(session, expert, within=OPEN).rows} == {0}
    count = model.read
    read()
    assert model.read > count
    assert first(session, expert).project_id == other.id
    _headline(session, expert, "Cardiac surgeon")
    read()
    assert first(session, expert).project_id == fits.id


def test_both_sides_must_have_been_read(session: Session, read: Callable[[], None]) -> None:
    expert, fits, _ = pair(session)
    read()
    session.execute(
        Meaning.__table__.delete().where(
            Meaning.document_id.in_(
                select(SearchDocument.id).where(SearchDocument.kind == DocumentKind.PROFILE)
            )
        )
    )
    assert {one.fit for one in ranking.rank(session, expert, within=OPEN).rows} == {0}
    read()
    assert first(session, expert).project_id == fits.id


def test_vectors_say_whose_they_are_and_go_with_their_document(
    session: Session, read: Callable[[], None], model: PlayedModel
) -> None:
    expert, _, _ = pair(session)
    read()
    rows = session.scalars(select(Meaning)).all()
    assert {row.model for row in rows} == {model.id}
    assert {len(row.vector) for row in rows} == {4 * (len(model.topics) + 1)}
    read_count, documents = queries.count_meanings(session)
    assert read_count == documents == len(rows)
    _headline(session, expert, "")
    read()
    assert len(session.scalars(select(Meaning)).all()) == len(rows) - 1


def test_a_model_that_is_off_forgets(
    session: Session, app: Application, read: Callable[[], None], model: PlayedModel
) -> None:
    expert, _, _ = pair(session)
    read()
    model.on = False
    read()
    assert session.scalars(select(Meaning)).all() == []
    assert {one.fit for one in ranking.rank(session, expert, within=OPEN).rows} == {0}
    with pytest.raises(Exception, match="SENTENCE_MODEL"):
        app.extensions["assay"][SentenceModel].vectors(["heart"])


def test_without_the_extra_nothing_is_promised_and_the_board_works(
    session: Session, app: Application, night: Callable[[], None]
) -> None:
    expert, _, other = pair(session)
    assert not app.extensions["assay"][SentenceModel].is_wanted
    session.commit()
    outbox.run_all(app.sessions, app.extensions["assay"][Handlers])
    night()
    assert session.scalars(select(OutboxMessage).where(OutboxMessage.handler == "matching.read")).all() == []
    assert first(session, expert).project_id == other.id, "no word in common: the best paid"
    assert session.scalars(select(Meaning)).all() == []


def test_with_the_extra_every_change_promises_to_be_read(session: Session, app: Application) -> None:
    model = PlayedModel(HEART)
    project = make_project(session, title="Judge heart sounds")
    service.reading(model, service.index_project)(session, {"project_id": str(project.id)})
    session.commit()
    outbox.run_all(
        app.sessions, Handlers(remote={"matching.read": lambda s, p: service.read(s, p, model=model)})
    )
    assert model.read > 0


def test_many_texts_are_read_in_parts(
    session: Session, app: Application, model: PlayedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.matching.service.meaning.BATCH", 2)
    monkeypatch.setattr("marketplace.matching.service.meaning.AT_MOST", 4)
    for number in range(5):
        project = make_project(session, title=f"Judge heart sounds {number}")
        service.index_project(session, {"project_id": str(project.id)})
    session.commit()
    service.read(app.sessions, {}, model=model)
    assert queries.count_meanings(session) == (4, 5)
    outbox.run_all(
        app.sessions, Handlers(remote={"matching.read": lambda s, p: service.read(s, p, model=model)})
    )
    session.commit()
    assert queries.count_meanings(session) == (5, 5)


def test_the_cost_does_not_grow_with_what_was_read(
    session: Session, read: Callable[[], None], statements: Callable[[], int]
) -> None:
    expert, _, _ = pair(session)
    read()
    counts = []
    for _ in range(2):
        ranking.rank(session, expert, within=OPEN)
        statements()
        ranking.rank(session, expert, within=OPEN)
        counts.append(statements())
        for number in range(4):
            make_project(session, title=f"Hear heart sounds {number}")
        read()
    assert counts[0] == counts[1] <= 12


def _headline(session: Session, expert: Expert, headline: str) -> None:
    experts.save_profile(
        session, expert, headline=headline, biography="", country="US", languages={"en": "native"}
    )
