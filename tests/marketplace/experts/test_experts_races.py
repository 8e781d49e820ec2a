"""One person in several windows at once, on real commits: nothing fails, and no limit is passed."""

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from marketplace.experts import queries, service
from marketplace.experts.models import Expert, HistoryKind
from marketplace.experts.service import Told
from marketplace.kit import clock, ids
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.web import found
from tests.factories.experts import make_expert
from tests.workspace.queue.test_queue_races import at_once

THREADS = 6
Verb = Callable[[Session, Expert], object]


@pytest.fixture
def expert_id(clean: Sessions) -> uuid.UUID:
    with transaction(clean) as session:
        return make_expert(session).id


def told(title: str = "Resident in cardiology") -> Told:
    began = clock.now().date().replace(day=1)
    return Told(kind=HistoryKind.WORK, title=title, place="A hospital", began_on=began)


def by(expert_id: uuid.UUID, act: Verb) -> Callable[[Session], str]:
    def run(session: Session) -> str:
        act(session, session.get_one(Expert, expert_id))
        return "done"

    return run


def test_fields_named_in_many_windows_are_those_of_one(clean: Sessions, expert_id: uuid.UUID) -> None:
    def name(years: int) -> Verb:
        return lambda session, expert: service.set_specialties(session, expert, years={"medicine": years})

    said = at_once(clean, [by(expert_id, name(years)) for years in range(THREADS)])
    assert said == {"done": THREADS}
    with transaction(clean, write=False) as session:
        assert [row.specialty for row in queries.specialties_of(session, expert_id)] == ["medicine"]


def test_fields_named_and_taken_away_at_once_fail_for_nobody(clean: Sessions, expert_id: uuid.UUID) -> None:
    def name(years: dict[str, int]) -> Verb:
        return lambda session, expert: service.set_specialties(session, expert, years=years)

    for _ in range(3):
        verbs = [by(expert_id, name({"medicine": 3} if turn % 2 else {})) for turn in range(THREADS)]
        assert at_once(clean, verbs) == {"done": THREADS}


def test_an_entry_changed_while_it_is_removed_is_a_page_not_found(
    clean: Sessions, expert_id: uuid.UUID
) -> None:
    with transaction(clean) as session:
        entry_id = service.add_history(
            session, session.get_one(Expert, expert_id), told=told(), form_key=ids.new_id()
        ).id

    def entry(session: Session, expert: Expert) -> object:
        return found(queries.lock_history_entry_of(session, expert.user_id, entry_id))

    def change(session: Session, expert: Expert) -> None:
        service.change_history(session, entry(session, expert), told=told("Surgeon"))  # type: ignore[arg-type]
        session.flush()

    def remove(session: Session, expert: Expert) -> None:
        service.remove_history(session, entry(session, expert))  # type: ignore[arg-type]
        session.flush()

    said = at_once(clean, [by(expert_id, verb) for verb in (change, remove)] * 3)
    assert set(said) <= {"done", "NotFound"}
    assert said["NotFound"] >= 2
