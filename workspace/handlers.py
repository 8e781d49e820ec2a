"""Messages of the workspace and the work each one promises."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from sqlalchemy.orm import Session

from config.settings import Settings
from marketplace.applications import queries as applications
from marketplace.bonuses import queries as bonuses
from marketplace.gateways import Gateways
from marketplace.gateways.storage.protocol import Storage
from marketplace.kit.database import Sessions
from marketplace.kit.signing import Signer
from marketplace.outbox.service import Handlers, Payload
from marketplace.projects import service as projects
from workspace.exports import service as exports
from workspace.quality import service as quality
from workspace.queue import queries as queue
from workspace.reviews import queries as review_queries
from workspace.reviews import service as reviews
from workspace.screenings import queries as screening_queries
from workspace.screenings import service as screenings
from workspace.submissions import queries as handed_in
from workspace.submissions import service as submissions

CHECKS: Mapping[str, Callable[[Session], Sequence[str]]] = {
    "reserved money and decided work (I7, I8)": review_queries.broken,
    "decided screenings (I8)": screening_queries.broken,
}


def make(settings: Settings, gateways: Gateways, signer: Signer) -> Handlers:
    """Both tables; remote handlers get the gateways they talk through."""
    return Handlers(
        local={
            "submissions.deadlines": submissions.sweep,
            "submissions.settle": submissions.settle_promised,
            "submissions.end_changes": submissions.end_changes_promised,
            "submissions.withdraw": submissions.carry_on,
            "submissions.forget": submissions.forget,
            "screenings.deadlines": screenings.sweep,
            "screenings.settle": screenings.settle_promised,
            "reviews.decide": _decide,
            "reviews.deadlines": _review_deadlines,
            "reviews.put_back": _put_back,
            "reviews.approve_late": _approve_late,
            "reviews.reject_for_good": _reject_for_good,
            "bonuses.count": reviews.count_bonus,
            "bonuses.settle": reviews.settle_bonus,
            "bonuses.sweep": reviews.sweep_bonuses,
            "quality.count_companies": quality.count_companies,
            "quality.count_company": quality.count_company,
            "workspace.close_finished": _close_finished,
            "exports.deadlines": _export_deadlines,
        },
        remote={"exports.build": partial(_build, gateways.storage)},
    )


def _decide(session: Session, payload: Payload) -> None:
    reviews.decide(session, uuid.UUID(payload["review_id"]))


def _put_back(session: Session, payload: Payload) -> None:
    reviews.put_back(session, uuid.UUID(payload["review_id"]))


def _approve_late(session: Session, payload: Payload) -> None:
    reviews.approve_late(session, uuid.UUID(payload["submission_id"]))


def _reject_for_good(session: Session, payload: Payload) -> None:
    reviews.reject_for_good(session, uuid.UUID(payload["submission_id"]))


def _review_deadlines(session: Session, payload: Payload) -> None:
    reviews.sweep(session)
    reviews.lapse_overturns(session)


def _export_deadlines(session: Session, payload: Payload) -> None:
    exports.give_up(session)


def _close_finished(session: Session, payload: Payload) -> None:
    """Finishing projects end when nothing is claimed, waits for a decision or is promised."""
    projects.close_finished(session, _is_busy)


def _is_busy(session: Session, project_id: uuid.UUID) -> bool:
    at_work = queue.has_live_work(session, project_id) or handed_in.has_undecided(session, project_id)
    promised = bool(bonuses.open_ids(session, project_id))
    return at_work or promised or applications.has_unfinished(session, project_id)


def _build(storage: Storage, sessions: Sessions, payload: Payload) -> None:
    exports.build(sessions, storage, uuid.UUID(payload["export_id"]))
