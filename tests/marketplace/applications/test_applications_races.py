"""The same button in several windows at once, on real commits: one effect."""

import uuid
from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.applications import queries, service
from marketplace.applications.models import Rhythm, SavedSearch
from marketplace.audit.models import AuditRecord
from marketplace.experts.models import Expert
from marketplace.identity.models import User
from marketplace.kit.database import Sessions, transaction
from marketplace.projects.queries import Filters
from tests.factories.applications import make_engagement
from tests.factories.experts import make_expert
from tests.factories.identity import make_user
from tests.factories.screenings import answer_all, make_screening
from tests.workspace.queue.test_queue_races import at_once
from workspace.screenings import service as screenings

THREADS = 6
WHY = "Somebody else took it, as both of them wrote to us."


def written(clean: Sessions, subject_id: uuid.UUID, act: str) -> int:
    """How many AuditRecords say that somebody did this."""
    with transaction(clean, write=False) as session:
        count = select(func.count()).select_from(AuditRecord)
        found = count.where(AuditRecord.subject_id == subject_id, AuditRecord.tag.endswith(act))
        return session.scalar(found) or 0


def test_searches_saved_in_many_windows_stay_within_the_limit(clean: Sessions) -> None:
    with transaction(clean) as session:
        user_id = make_expert(session).user_id
        for number in range(WORK.saved_searches_maximum - 1):
            keep(session, user_id, f"Search {number}")
    said = at_once(clean, [lambda session: keep(session, user_id, "One more")] * THREADS)
    assert said == {"done": 1, "TooManySearches": THREADS - 1}
    with transaction(clean, write=False) as session:
        kept = session.scalar(select(func.count()).select_from(SavedSearch))
        assert kept == WORK.saved_searches_maximum


def keep(session: Session, user_id: uuid.UUID, name: str) -> str:
    service.save_search(
        session, session.get_one(User, user_id), name=name, filters=Filters(), rhythm=Rhythm.DAILY
    )
    return "done"


def test_leaving_a_project_twice_is_written_once(clean: Sessions) -> None:
    with transaction(clean) as session:
        engagement = make_engagement(session)
        expert_id, project_id = engagement.expert_id, engagement.project_id

    def leave(session: Session) -> str:
        found = queries.engagement(session, expert_id, project_id)
        assert found is not None
        service.leave(session, found, expert=session.get_one(Expert, expert_id))
        return "left"

    assert at_once(clean, [leave] * THREADS) == {"left": 1, "Conflict": THREADS - 1}
    assert written(clean, engagement.id, ":leave") == 1


def test_a_certificate_is_revoked_by_one_person_for_one_reason(clean: Sessions) -> None:
    with transaction(clean) as session:
        screening = make_screening(session, started=True)
        answer_all(session, screening)
        screenings.submit(session, screening)
        certificate = queries.certificate_for(session, screening.id)
        assert certificate is not None
        staff = [make_user(session, roles=("ops",)).id for _ in range(THREADS)]

    def revoked_by(user_id: uuid.UUID) -> Callable[[Session], str]:
        def revoke(session: Session) -> str:
            found = queries.certificate(session, certificate.id)
            assert found is not None
            service.revoke_certificate(session, found, by=session.get_one(User, user_id), reason=WHY)
            return "revoked"

        return revoke

    assert at_once(clean, [revoked_by(one) for one in staff]) == {"revoked": 1, "Conflict": THREADS - 1}
    assert written(clean, certificate.id, ":revoke") == 1
