"""Start and hand in; what keys can mark is marked at once."""

from sqlalchemy.orm import Session

from marketplace.applications import policy as rules
from marketplace.applications import queries as screenings
from marketplace.applications import service as applications
from marketplace.applications.models import Screening, ScreeningItem, ScreeningState
from marketplace.experts.models import Expert
from marketplace.kit import clock
from marketplace.kit.database import insert_once
from marketplace.kit.errors import NotFound
from workspace.queue.models import Part, TaskPart
from workspace.screenings import policy, queries
from workspace.screenings.errors import TimeOver
from workspace.screenings.models import ScreeningMark
from workspace.screenings.policy import Marked
from workspace.screenings.service import payments
from workspace.screenings.service.answers import OVER


def start(session: Session, screening: Screening, *, expert: Expert) -> Screening:
    """Let the clock run; tasks that items were picked from are never this person's work.

    Conflict (409) when the days of the offer are over, or it ended.
    """
    started = applications.start_screening(session, screening, expert=expert)
    for item in screenings.items(session, started.version_id):
        if item.task_id is not None:
            insert_once(session, TaskPart, task_id=item.task_id, user_id=started.user_id, part=Part.AUTHOR)
    return started


def submit(session: Session, screening: Screening) -> Screening:
    """Hand in what was saved, complete or not; once, whoever presses twice.

    TimeOver (410) when it was never started or its time is over (what was saved then counts all the same).
    """
    locked = screenings.lock_screening(session, screening.id)
    if locked is None:
        raise NotFound("That page does not exist, or it is not yours.")
    if locked.state not in {ScreeningState.OFFERED, ScreeningState.STARTED}:
        return locked
    if not rules.takes_answers(locked, clock.database_now(session)):
        raise TimeOver(OVER)
    close_answers(session, locked, by_deadline=False)
    return locked


def close_answers(session: Session, screening: Screening, *, by_deadline: bool) -> None:
    """Fix the answers of a locked, started screening; what needs no person is marked and may decide it."""
    applications.hand_in(session, screening, by_deadline=by_deadline)
    items = screenings.items(session, screening.version_id)
    answers = queries.answers_of(session, screening.id)
    for item in items:
        raw = answers[item.id].answer if item.id in answers else {}
        mark = _without_a_person(item, raw, screening.display_seed)
        if mark is not None:
            _write(session, screening, item, mark)
    session.flush()
    if len(queries.marks_of(session, screening.id)) == len(items):
        conclude(session, screening)


def conclude(session: Session, screening: Screening) -> bool:
    """Decide a locked screening all of whose items that count are marked, and pay it; True: passed."""
    items, marks = screenings.items(session, screening.version_id), queries.marks_of(session, screening.id)
    met = sum(mark.is_met for mark in marks.values())
    passed = applications.decide_screening(
        session, screening, met=met, of=len(items), shown=policy.shown_on_certificate(items, met)
    )
    payments.pay(session, screening, queries.gradings_of(session, screening.id))
    queries.drop_draw(session, screening.id)
    return passed


def conclude_alone(session: Session, screening: Screening) -> None:
    """Nobody graded in time: the keyed part decides alone, without one it is passed.  It is locked."""
    items = {item.id: item for item in screenings.items(session, screening.version_id)}
    marks = queries.marks_of(session, screening.id)
    counted = [mark for item_id, mark in marks.items() if items[item_id].is_keyed]
    met, of = (sum(mark.is_met for mark in counted), len(counted)) if counted else (len(items), len(items))
    said = policy.shown_on_certificate([items[mark.item_id] for mark in counted] or list(items.values()), met)
    applications.decide_screening(session, screening, met=met, of=of, shown=said)
    gradings = queries.gradings_of(session, screening.id)
    payments.pay(session, screening, gradings)
    queries.drop_draw(session, screening.id)


def _without_a_person(item: ScreeningItem, raw: dict[str, object], seed: int) -> Marked | None:
    if item.is_keyed:
        return policy.mark_by_key(item, raw, seed)
    if policy.is_answered(item, raw, seed):
        return None
    return Marked(is_met=False, score_bps=0, sentence=policy.UNANSWERED)


def _write(session: Session, screening: Screening, item: ScreeningItem, mark: Marked) -> None:
    insert_once(
        session,
        ScreeningMark,
        screening_id=screening.id,
        item_id=item.id,
        is_met=mark.is_met,
        score_bps=mark.score_bps,
        sentence=mark.sentence,
        by_id=None,
    )
