"""Messages of the workspace and the work each one promises."""

import uuid
from functools import partial

from sqlalchemy.orm import Session

from config.settings import Settings
from marketplace.gateways import Gateways
from marketplace.gateways.storage.protocol import Storage
from marketplace.kit.database import Sessions
from marketplace.kit.signing import Signer
from marketplace.outbox.service import Handlers, Payload
from workspace.exports import service as exports
from workspace.reviews import service as reviews
from workspace.submissions import service as submissions


def make(settings: Settings, gateways: Gateways, signer: Signer) -> Handlers:
    """Both tables; remote handlers get the gateways they talk through."""
    return Handlers(
        local={
            "submissions.deadlines": submissions.sweep,
            "submissions.settle": submissions.settle_promised,
            "submissions.end_changes": submissions.end_changes_promised,
            "submissions.forget": submissions.forget,
            "reviews.decide": _decide,
            "reviews.deadlines": _review_deadlines,
        },
        remote={"exports.build": partial(_build, gateways.storage)},
    )


def _decide(session: Session, payload: Payload) -> None:
    reviews.decide(session, uuid.UUID(payload["review_id"]))


def _review_deadlines(session: Session, payload: Payload) -> None:
    reviews.sweep(session)


def _build(storage: Storage, sessions: Sessions, payload: Payload) -> None:
    exports.build(sessions, storage, uuid.UUID(payload["export_id"]))
