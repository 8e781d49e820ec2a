"""What a company is told about its projects.  Listeners: they write notices and nothing else."""

import uuid

from sqlalchemy.orm import Session

from marketplace.notifications import service as notifications
from marketplace.projects import queries
from marketplace.projects.events import (
    ProjectClosed,
    ProjectPassed,
    ProjectPaused,
    ProjectPublished,
    ProjectSentBack,
    QuestionAnswered,
    QuestionAsked,
)
from marketplace.projects.models import Project


def tell_passed(session: Session, fact: ProjectPassed) -> None:
    """The members of the company are told that ops passed the project."""
    _tell(
        session,
        fact.project_id,
        "project_passed",
        "{} passed our check",
        "It opens once it is funded.",
        tail="/fund",
    )


def tell_sent_back(session: Session, fact: ProjectSentBack) -> None:
    """The members of the company are told that something has to change."""
    text = "We wrote down what. Change it and send the project again."
    _tell(session, fact.project_id, "project_sent_back", "{} needs a change before it can open", text)


def tell_opened(session: Session, fact: ProjectPublished) -> None:
    """The members of the company are told that experts can start."""
    text = "It is on the board, and experts who fit can start at once."
    _tell(session, fact.project_id, "project_opened", "{} is open", text)


def tell_paused(session: Session, fact: ProjectPaused) -> None:
    """The members of the company are told when the system paused a project for lack of funds."""
    if fact.by_system:
        text = "The budget does not cover one more task. New tasks stop; started ones are already paid for."
        _tell(session, fact.project_id, "project_unfunded", "{} is paused: add funds", text, tail="/fund")


def tell_all_done(session: Session, project: Project) -> None:
    """The members of the company are told that no task is left to do: what happens next is theirs to say."""
    text = (
        "Import more tasks, or finish the project: what is left of its budget then goes back to your wallet."
    )
    _tell(session, project.id, "project_all_done", "Every task of {} is done", text)


def tell_asked(session: Session, fact: QuestionAsked) -> None:
    """The members of the company are told that somebody at work on it asks something; never who."""
    text = "Answer it once: all experts of the project read the answer. The asker's deadline may be resting."
    _tell(session, fact.project_id, "question_asked", "A question about {}", text, tail="/questions")


def tell_answered(session: Session, fact: QuestionAnswered) -> None:
    """Whoever asked is told that there is an answer, and where they were."""
    project = queries.project(session, fact.project_id)
    if project is None:
        return
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title=f"Your question about “{project.title}” is answered",
        body="The answer stands beside the guideline, for all experts of the project.",
        path=f"/tasks/{fact.assignment_id}" if fact.assignment_id else f"/jobs/{project.slug}/guideline",
    )


def tell_closed(session: Session, fact: ProjectClosed) -> None:
    """The members of the company are told that everything is decided."""
    text = "Everything is decided, and what was left of its budget is back in your wallet."
    _tell(session, fact.project_id, "project_closed", "{} is finished", text)


def _tell(
    session: Session, project_id: uuid.UUID, kind: str, title: str, body: str, *, tail: str = ""
) -> None:
    project = queries.project(session, project_id)
    if project is None:
        return
    for user_id in queries.member_user_ids(session, project.company_id):
        notifications.tell(
            session,
            user_id,
            kind=kind,
            title=title.format(f"“{project.title}”"),
            body=body,
            path=f"/company/projects/{project_id}{tail}",
        )
