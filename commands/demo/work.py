"""What has happened in the demo before anybody looks: work in several states, each by its usual way.

`work.jsonl` has one line for each claim, the oldest first: who, which task, how long ago, the answer, and
what became of it, an appeal and its decision included.
"""

import json
import uuid
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from commands.demo.appeals import appeal
from commands.demo.people import user
from commands.demo.talk import hold
from marketplace.applications import queries as engagements
from marketplace.applications import service as applications
from marketplace.applications.models import Engagement
from marketplace.experts import queries as experts
from marketplace.experts.models import Expert
from marketplace.gateways import Gateways
from marketplace.kit import clock
from marketplace.kit.database import Sessions, transaction
from marketplace.projects import queries as projects
from marketplace.projects import service as projects_service
from marketplace.projects.models import Project
from workspace.queue import queries as assignments
from workspace.queue import service as queue
from workspace.queue.models import Assignment
from workspace.reviews import service as reviews
from workspace.reviews.models import Verdict
from workspace.submissions import service as submissions
from workspace.submissions.models import Submission
from workspace.task_types import registry

FILE = Path(__file__).with_name("work.jsonl")
WAIT, READING, UNDO = timedelta(minutes=40), timedelta(minutes=2), timedelta(minutes=3)
THOUGHT = timedelta(hours=2)  # before somebody appeals
BEAT = timedelta(seconds=50)  # well inside the minute after which nobody is there
Scene = Mapping[str, Any]


def seed_work(sessions: Sessions, gateways: Gateways, opened: Mapping[str, uuid.UUID]) -> None:
    """Play every scene at its time; `opened` are the ids of the projects by their names."""
    for line in FILE.read_text().splitlines():
        scene = json.loads(line)
        with clock.shifted(-timedelta(hours=scene["hours_ago"])):
            _play(sessions, gateways, opened[scene["job"]], scene)


def _play(sessions: Sessions, gateways: Gateways, project_id: uuid.UUID, scene: Scene) -> None:
    with transaction(sessions) as session:
        assignment_id = _claim(session, project_id, scene)
    if "question" in scene:
        _ask(sessions, assignment_id, scene["question"])
    if "talk" in scene:
        hold(sessions, gateways, assignment_id, goal=scene["answer"]["goal"], lines=scene["talk"])
    with transaction(sessions) as session:
        submission_id = _work(session, assignment_id, scene)
    if "review" in scene:
        with clock.shifted(WAIT):
            _review(sessions, project_id, scene["review"])
    if "appeal" in scene:
        with clock.shifted(THOUGHT):
            appeal(sessions, submission_id, scene["appeal"])


def _claim(session: Session, project_id: uuid.UUID, scene: Scene) -> uuid.UUID:
    person = user(session, scene["who"])
    expert, project = experts.for_user(session, person.id), projects.project(session, project_id)
    if expert is None or project is None:
        raise LookupError(scene["job"])
    engagement = engagements.active_engagement(session, expert.id, project_id)
    claimed = queue.claim(
        session,
        user=person,
        expert=expert,
        engagement=engagement or _join(session, expert, project),
        project=project,
    )
    if claimed.task.external_id != scene["task"]:
        raise LookupError(f"{scene['task']} was to be next, not {claimed.task.external_id}")
    return claimed.id


def _join(session: Session, expert: Expert, project: Project) -> Engagement:
    application = applications.apply(session, expert=expert, project=project)
    session.flush()  # the offer is locked before it is taken
    version = projects.current_guideline(session, project.id)
    if version is None:
        raise LookupError(project.slug)
    return applications.accept(
        session, application, expert=expert, version_id=version.id, signature=expert.user.name
    )


def _ask(sessions: Sessions, assignment_id: uuid.UUID, asked: Mapping[str, Any]) -> None:
    with transaction(sessions) as session:
        assignment = _assignment(session, assignment_id)
        question = queue.ask(
            session,
            assignments.lock_assignment(session, assignment_id),
            by=assignment.expert.user,
            text=asked["text"],
            clause_number=asked["clause"],
        )
    with clock.shifted(READING), transaction(sessions) as session:
        locked = session.merge(question)
        projects_service.answer(session, locked, by=user(session, "owner"), text=asked["reply"])


def _work(session: Session, assignment_id: uuid.UUID, scene: Scene) -> uuid.UUID:
    """Be there for as many minutes, then hand in; whatever is asked once is confirmed."""
    assignment = _assignment(session, assignment_id)
    person = assignment.expert.user
    for minute in range(scene["minutes"] + 1):
        with clock.shifted(minute * BEAT):
            submissions.beat(session, assignment, user=person)
    with clock.shifted(scene["minutes"] * BEAT):
        outcome = submissions.submit(
            session,
            assignment,
            user=person,
            answer=scene["answer"],
            note=scene.get("note", ""),
            confidence=scene.get("confidence"),
            confirmed=list(registry.get(assignment.task.task_type).warnings),
        )
    if not isinstance(outcome, Submission):
        raise click.ClickException(f"The demo cannot hand in {scene['task']}: {outcome.errors}")
    return outcome.id


def _review(sessions: Sessions, project_id: uuid.UUID, said: Mapping[str, Any]) -> None:
    with transaction(sessions) as session:
        reviewer = user(session, "reviewer")
        review = reviews.open_next(session, reviewer=reviewer, projects=[project_id])
        if review is None:
            raise LookupError("nothing waits for a review")
        with clock.shifted(READING):
            reviews.give(
                session,
                review,
                reviewer=reviewer,
                verdict=Verdict(said["verdict"]),
                reason_code=said.get("reason_code"),
                clauses=said.get("clauses", ()),
                note=said["note"],
            )
        review_id = review.id
    with clock.shifted(UNDO), transaction(sessions) as session:
        reviews.decide(session, review_id)


def _assignment(session: Session, assignment_id: uuid.UUID) -> Assignment:
    found = assignments.assignment(session, assignment_id)
    if found is None:
        raise LookupError(str(assignment_id))
    return found
