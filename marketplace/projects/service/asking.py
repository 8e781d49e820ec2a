"""Questions of experts about a project, and the company's answers, which all its experts read."""

import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.audit import service as audit
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict, Invalid
from marketplace.kit.events import publish
from marketplace.projects import policy, queries
from marketplace.projects.events import QuestionAnswered, QuestionAsked
from marketplace.projects.models import GuidelineQuestion, GuidelineVersion, Project, ProjectState

DAY = timedelta(days=1)
TOO_MANY = (
    f"You have asked {WORK.questions_a_day} questions about this project within a day. Ask again tomorrow."
)


def ask(
    session: Session,
    project: Project,
    *,
    by: User,
    version: GuidelineVersion,
    text: str,
    clause_number: int | None = None,
    about: tuple[uuid.UUID, uuid.UUID] | None = None,
) -> GuidelineQuestion:
    """Ask the company; `about` are the ids of the task and the assignment it came up on.

    Invalid (422): too short, too long, or a clause that this version has not.  Conflict (409): the project
    is over, or the day's number is used up.
    """
    if project.state in {ProjectState.CLOSED, ProjectState.CANCELLED}:
        raise Conflict("This project is over. Nobody would answer.")
    problem = policy.question_problem(text)
    if problem:
        raise Invalid(problem)
    numbers = {clause.number for clause in queries.clauses(session, version.id)}
    if clause_number is not None and clause_number not in numbers:
        raise Invalid("Choose a clause of this guideline, or none.")
    since = clock.database_now(session) - DAY
    if queries.asked_since(session, by.id, project.id, since) >= WORK.questions_a_day:
        raise Conflict(TOO_MANY)
    question = GuidelineQuestion(
        project=project,
        version=version,
        asked_by_id=by.id,
        task_id=about[0] if about else None,
        assignment_id=about[1] if about else None,
        clause_number=clause_number,
        text=text.strip(),
    )
    session.add(question)
    session.flush()
    _record(session, "expert:question:ask", question, by)
    publish(session, QuestionAsked(question_id=question.id, project_id=project.id))
    return question


def answer(session: Session, question: GuidelineQuestion, *, by: User, text: str) -> None:
    """Answer once, for all experts of the project; the caller has locked it.  Conflict (409) when it is."""
    if question.answered_at is not None:
        raise Conflict("Somebody of your company has answered this question already.")
    question.answer, question.answered_by_id = text.strip(), by.id
    question.answered_at = clock.database_now(session)
    _record(session, "company:question:answer", question, by)
    publish(
        session,
        QuestionAnswered(
            question_id=question.id,
            project_id=question.project_id,
            user_id=question.asked_by_id,
            assignment_id=question.assignment_id,
        ),
    )


def _record(session: Session, tag: str, question: GuidelineQuestion, by: User) -> None:
    audit.record(session, tag, actor_id=by.id, subject_type="question", subject_id=question.id)
