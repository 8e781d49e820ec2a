"""The model experts of a project talk to: set it, test it, remove it; its key leaves only as an Address."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.gateways.language_models.protocol import Address
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict
from marketplace.kit.sealing import CannotOpen, Sealer
from marketplace.projects import policy, queries
from marketplace.projects.errors import KeyLost
from marketplace.projects.models import ModelEndpoint, Project, ProjectState
from marketplace.projects.policy import ModelSetup

TEST_REST = timedelta(seconds=10)  # between two tests of a model that was not changed
UNDER_WAY = "The test is under way. Load the page again in a moment."
TEST_CHARACTERS = 500  # of a reply are kept to show
_OVER = {ProjectState.CLOSED, ProjectState.CANCELLED}


def set_model(
    session: Session, project: Project, *, by: User, setup: ModelSetup, sealer: Sealer
) -> ModelEndpoint:
    """Write where the model answers; `setup.key` None keeps the key that is set, empty removes it.

    Conflict when the project is over, and when a kept key would be sent to another host.
    """
    project = queries.lock(session, project.id)
    if project.state in _OVER:
        raise Conflict("The project is over. Nobody talks to a model any more.")
    kept = queries.model_endpoint(session, project.id, locked=True)
    if policy.key_would_move(kept, setup):
        raise Conflict(policy.KEY_MOVES)
    now = clock.database_now(session)
    columns: dict[str, Any] = {
        "url": setup.url,
        "model": setup.model,
        "replies_a_day": setup.replies_a_day,
        "system_prompt": setup.system_prompt,
        "updated_by": by,
        "updated_at": now,
    }
    if setup.key is not None:
        columns["sealed_key"] = sealer.seal(_purpose(project.id), setup.key) if setup.key else ""
    if kept is None:
        kept = ModelEndpoint(project=project, **columns)
        session.add(kept)
    else:
        for name, value in {**columns, "tested_at": None, "test_passed": False, "test_said": ""}.items():
            setattr(kept, name, value)
    _record(session, "set_model", project.id, by.id, new_key=bool(setup.key), replies=setup.replies_a_day)
    return kept


def remove_model(session: Session, project: Project, *, by: User) -> None:
    """Forget the model and its key; nothing happens when there is none."""
    project = queries.lock(session, project.id)
    kept = queries.model_endpoint(session, project.id)
    if kept is None:
        return
    queries.remove_endpoint(session, kept.id)
    _record(session, "remove_model", project.id, by.id)


def begin_test(session: Session, endpoint: ModelEndpoint) -> bool:
    """Note that a test begins now; False, and nothing is noted, a moment after one began or ended.

    The caller has locked it, so that many clicks at once ask the model once.
    """
    now = clock.database_now(session)
    if endpoint.tested_at is not None and now < endpoint.tested_at + TEST_REST:
        return False
    endpoint.tested_at, endpoint.test_passed, endpoint.test_said = now, False, UNDER_WAY
    return True


def note_test(
    session: Session,
    project_id: uuid.UUID,
    *,
    by_id: uuid.UUID,
    as_of: datetime,
    passed: bool,
    said: str,
) -> bool:
    """Keep what a test said: the reply or the failure.  False when the model was changed since `as_of`."""
    kept = queries.model_endpoint(session, project_id, locked=True)
    if kept is None or kept.updated_at != as_of:
        return False
    kept.tested_at, kept.test_passed = clock.database_now(session), passed
    kept.test_said = said[:TEST_CHARACTERS]
    _record(session, "test_model", project_id, by_id, passed=passed)
    return True


def model_address(endpoint: ModelEndpoint, sealer: Sealer) -> Address:
    """Where the model answers, with its key opened; KeyLost (409) when no secret of ours opens it."""
    return Address(endpoint.url, endpoint.model, _key(endpoint, sealer))


def key_ending(endpoint: ModelEndpoint, sealer: Sealer) -> str | None:
    """The last letters of the key, so that its owner knows which one is set; None when it cannot be read."""
    try:
        return policy.ending(_key(endpoint, sealer))
    except KeyLost:
        return None


def reseal_keys(session: Session, sealer: Sealer) -> int:
    """Seal every key with the newest secret, so that the older one can go; how many were sealed anew.

    KeyLost, and nothing is changed, when one cannot be opened.
    """
    found = queries.sealed_endpoints(session)
    for endpoint in found:
        endpoint.sealed_key = sealer.seal(_purpose(endpoint.project_id), _key(endpoint, sealer))
    return len(found)


def _key(endpoint: ModelEndpoint, sealer: Sealer) -> str:
    if not endpoint.sealed_key:
        return ""
    try:
        return sealer.open(_purpose(endpoint.project_id), endpoint.sealed_key)
    except CannotOpen:
        raise KeyLost(
            "The key of the model cannot be read any more. The company has to set it again."
        ) from None


def _purpose(project_id: uuid.UUID) -> str:
    """One for each project: a sealed key copied to another row is worthless there."""
    return f"model_endpoint.{project_id}"


def _record(session: Session, action: str, project_id: uuid.UUID, by_id: uuid.UUID, **detail: Any) -> None:
    audit.record(
        session,
        f"company:project:{action}",
        actor_id=by_id,
        subject_type="project",
        subject_id=project_id,
        **detail,
    )
