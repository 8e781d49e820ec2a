"""Facts of the workspace and who listens: rows only, in the transaction of the fact."""

from datetime import timedelta

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.identity import queries as identity
from marketplace.identity.models import Role
from marketplace.kit import clock
from marketplace.kit.events import Listeners
from marketplace.kit.money import shown
from marketplace.matching import service as matching
from marketplace.notifications import service as notifications
from marketplace.notifications.policy import Letter
from marketplace.projects import queries as projects
from marketplace.projects import service as project_service
from marketplace.projects.events import ProjectFinished, ProjectPublished, QuestionAnswered
from marketplace.projects.models import ProjectState
from marketplace.reputation import service as reputation
from workspace.exports.events import ExportReady
from workspace.queue import queries as queue_queries
from workspace.queue import service as queue
from workspace.queue.events import (
    AssignmentCancelled,
    AssignmentExpired,
    AssignmentStopped,
    TaskClaimed,
    TaskQuarantined,
)
from workspace.reviews import queries as review_queries
from workspace.reviews import service as reviews
from workspace.reviews.events import (
    AppealAnswered,
    AppealAsked,
    AppealEnded,
    AppealOpened,
    OverturnDecided,
    OverturnProposed,
    ReviewReturned,
    SubmissionApproved,
    SubmissionChangesAsked,
    SubmissionOverturned,
    SubmissionRejected,
)
from workspace.submissions import service as submissions
from workspace.submissions.events import SubmissionReceived, SubmissionTakenBack


def queue_review(session: Session, fact: SubmissionReceived) -> None:
    """Every answer handed in waits for a reviewer."""
    submission = review_queries.lock_submission(session, fact.submission_id)
    if submission is not None:
        reviews.queue_review(session, submission)


def lapse_review(session: Session, fact: SubmissionTakenBack) -> None:
    """An answer taken back is not judged."""
    submission = review_queries.lock_submission(session, fact.submission_id)
    if submission is not None:
        reviews.lapse(session, submission)


def count_approval(session: Session, fact: SubmissionApproved) -> None:
    """Approved work builds trust."""
    project = projects.project(session, fact.project_id)
    if project is not None:
        reputation.count(session, fact.user_id, project.task_type, approved=True, first_time=fact.first_time)
        reputation.remember_project(session, fact.user_id, project.id)


def remember_work(session: Session, fact: SubmissionApproved) -> None:
    """Approved work speaks for similar jobs."""
    matching.work_approved(session, user_id=fact.user_id, project_id=fact.project_id)


def count_rejection(session: Session, fact: SubmissionRejected) -> None:
    """Rejected work counts too."""
    project = projects.project(session, fact.project_id)
    if project is not None:
        reputation.count(session, fact.user_id, project.task_type, approved=False, first_time=False)


def count_overturned(session: Session, fact: SubmissionOverturned) -> None:
    """A wrong rejection leaves the expert's record; work that is used counts as approved."""
    project = projects.project(session, fact.project_id)
    if project is None:
        return
    reputation.forget_rejection(session, fact.user_id, project.task_type)
    if fact.in_use:
        reputation.count(session, fact.user_id, project.task_type, approved=True, first_time=fact.first_time)
        reputation.remember_project(session, fact.user_id, project.id)
        matching.work_approved(session, user_id=fact.user_id, project_id=project.id)


def set_rejection_aside(session: Session, fact: AppealOpened) -> None:
    """While an appeal waits, its rejection is not in the expert's record."""
    project = projects.project(session, fact.project_id)
    if project is not None:
        reputation.forget_rejection(session, fact.user_id, project.task_type)


def put_rejection_back(session: Session, fact: AppealEnded) -> None:
    """Once it is over the rejection counts again; one that was wrong is then taken out for good."""
    project = projects.project(session, fact.project_id)
    if project is not None:
        reputation.count(session, fact.user_id, project.task_type, approved=False, first_time=False)


def tell_approved(session: Session, fact: SubmissionApproved) -> None:
    """The expert hears what was approved and what it pays; by bell alone, for it happens often."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title=f"Approved: {shown(fact.pay_minor)}",
        body=_of(session, fact)
        + (" Nobody judged it in time, so it was approved by itself." * fact.by_clock),
        path=f"/submissions/{fact.submission_id}",
        email=False,
    )


def tell_all_done(session: Session, fact: SubmissionApproved | SubmissionOverturned) -> None:
    """The company hears when the last task of an open project is done: it says what happens next."""
    project = projects.project(session, fact.project_id)
    if project is None or project.state not in {ProjectState.OPEN, ProjectState.PAUSED}:
        return
    if not queue_queries.has_open_tasks(session, project.id):
        project_service.tell_all_done(session, project)


def tell_changes(session: Session, fact: SubmissionChangesAsked) -> None:
    """The expert hears that something is to be changed, for the same pay."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title="Changes asked",
        body=_of(session, fact) + " The pay stays the same. See what to change, and until when.",
        path=f"/submissions/{fact.submission_id}",
        email=Letter(due=clock.database_now(session) + timedelta(hours=WORK.changes_due_hours)),
    )


def tell_rejected(session: Session, fact: SubmissionRejected) -> None:
    """The expert hears of a rejection, with the way to its reasons."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title="Not approved",
        body=_of(session, fact) + " See the reason, the clause and what the reviewer wrote."
        f" You can appeal within {WORK.appeal_days} days: somebody else decides, and the pay stays reserved.",
        path=f"/submissions/{fact.submission_id}",
        email=Letter(due=clock.database_now(session) + timedelta(days=WORK.appeal_days)),
    )


def tell_paused(session: Session, fact: SubmissionRejected) -> None:
    """Ops hear when so much of a project was rejected that rejecting pauses."""
    if not reviews.pauses_rejecting(session, fact.project_id):
        return
    for user in identity.users_with_role(session, Role.OPS):
        notifications.tell(
            session,
            user.id,
            kind="rejecting_paused",
            title="Rejecting is paused on a project",
            body=_of(session, fact)
            + f" Over {WORK.tripwire_rejected_bps // 100} % of its decisions are rejections."
            " Look at its guideline and its reviewers.",
            path=f"/staff/projects/{fact.project_id}",
        )


def tell_returned(session: Session, fact: ReviewReturned) -> None:
    """The reviewer hears that changes cannot be asked for any more; by bell alone, they are at work."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title="Please decide again",
        body="The project’s budget ran out before your request for changes acted. What you wrote is kept.",
        path=f"/reviews/{fact.review_id}",
        email=False,
    )


def tell_expired(session: Session, fact: AssignmentExpired) -> None:
    """The expert hears that time ran out and that nothing is lost."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title="Time ran out, your draft is kept",
        body=f"The task went back to the queue. Your text is kept for {WORK.draft_kept_days} days.",
        path=f"/tasks/{fact.assignment_id}",
    )


def tell_export(session: Session, fact: ExportReady) -> None:
    """Whoever asked for the export hears that it is ready."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title="Your export is ready",
        body="The files and their checksums wait for you.",
        path=f"/company/exports/{fact.export_id}",
    )


def _of(session: Session, fact: SubmissionApproved | SubmissionChangesAsked | SubmissionRejected) -> str:
    project = projects.project(session, fact.project_id)
    return f"“{project.title}”." if project is not None else ""


def open_batches(session: Session, fact: ProjectPublished) -> None:
    """Tasks imported before their project opened can be claimed from now on."""
    queue.start_waiting(session, fact.project_id)


def withdraw_tasks(session: Session, fact: ProjectFinished) -> None:
    """Tasks nobody has begun are not done any more."""
    queue.withdraw_open(session, fact.project_id)


LISTENERS: Listeners = {
    ProjectPublished: [open_batches],
    ProjectFinished: [withdraw_tasks],
    QuestionAnswered: [queue.resume],
    TaskClaimed: [submissions.restore],
    SubmissionReceived: [queue_review],
    SubmissionTakenBack: [lapse_review],
    SubmissionApproved: [
        count_approval,
        tell_approved,
        tell_all_done,
        remember_work,
        reviews.promise_bonuses,
    ],
    SubmissionRejected: [count_rejection, tell_rejected, tell_paused],
    SubmissionChangesAsked: [tell_changes],
    SubmissionOverturned: [count_overturned, tell_all_done, reviews.promise_bonuses],
    AppealOpened: [set_rejection_aside, reviews.tell_appeal_opened],
    AppealAsked: [reviews.tell_appeal_asked],
    AppealAnswered: [reviews.tell_appeal_answered],
    AppealEnded: [put_rejection_back, reviews.tell_appeal_ended],
    OverturnProposed: [reviews.tell_overturn_proposed],
    OverturnDecided: [reviews.tell_overturn_decided],
    ReviewReturned: [tell_returned],
    AssignmentExpired: [tell_expired],
    AssignmentStopped: [queue.tell_stopped],
    AssignmentCancelled: [queue.tell_cancelled],
    TaskQuarantined: [queue.tell_quarantined],
    ExportReady: [tell_export],
}
