"""What pages of the marketplace show of the work itself."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, g, render_template, request
from markupsafe import Markup

from marketplace.applications import queries as applications
from marketplace.applications.models import ScreeningItem
from marketplace.care import queries as care
from marketplace.care.policy import lacking
from marketplace.experts import queries as experts
from marketplace.experts.policy import hours_reached as hours_words
from marketplace.kit import clock
from marketplace.kit.pages import SIZE, Page
from marketplace.kit.states import words
from marketplace.kit.web import db
from marketplace.matching.policy import RuleResult
from marketplace.projects import queries as projects
from marketplace.projects.models import Project
from marketplace.reputation import queries as reputation
from workspace.queue import policy as queue_policy
from workspace.queue import queries as queue
from workspace.queue import service as queueing
from workspace.queue.models import Assignment, AssignmentState
from workspace.reviews import policy
from workspace.reviews import queries as reviews
from workspace.reviews import service as reviewing
from workspace.reviews.models import Appeal, Review, ReviewState
from workspace.screenings import policy as screening_policy
from workspace.submissions import queries as submissions
from workspace.submissions import service as submitting
from workspace.submissions.models import Submission
from workspace.task_types import registry
from workspace.task_types.base import Invalid

VERDICTS = {"approve": "approved", "ask_for_changes": "changes asked", "reject": "not approved"}
SEED = 7  # the example on a job page has one fixed order


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a person has in review: how much it pays and how many answers it is."""

    count: int
    minor: int

    @property
    def text(self) -> str:
        """The sentence under the amount."""
        if not self.count:
            return "Nothing is in review"
        return f"{self.count} {'answer is' if self.count == 1 else 'answers are'} not decided yet"


@dataclass(frozen=True, slots=True)
class InHand:
    """A task reserved for somebody, one line on it, and when its time ends."""

    assignment: Assignment
    line: str
    ends_at: datetime

    @property
    def is_held(self) -> bool:
        """Reserved as the next one, not begun."""
        return self.assignment.state is AssignmentState.HELD

    @property
    def minutes_left(self) -> int:
        """Whole minutes until its time ends."""
        return max(int((self.ends_at - clock.now()).total_seconds()) // 60, 0)


@dataclass(frozen=True, slots=True)
class Said:
    """What a reviewer said about one round; `clauses` are numbers of the pinned guideline."""

    round: int
    title: str
    reason: str
    code: str
    clauses: tuple[int, ...]
    note: str
    at: datetime | None


def install(app: Flask) -> None:
    """Give templates a look at the work: an example, the progress of a project, what waits for review."""
    app.jinja_env.globals.update(
        claim_stops=claim_stops,
        job_forecast=job_forecast,
        hours_reached=hours_reached,
        example_task=example_task,
        screening_items=screening_items,
        project_panels=project_panels,
        work_in_hand=work_in_hand,
        work_in_review=work_in_review,
        work_undecided=work_undecided,
        work_unpaid=work_unpaid,
        verdicts_on=verdicts_on,
        appeal_on=appeal_on,
        appeals_on=appeals_on,
        feedback_on=feedback_on,
        last_verdicts=last_verdicts,
        bonus_lines=bonus_lines,
    )


def work_in_hand() -> Sequence[InHand]:
    """What the visitor has reserved: on it now, or held ahead; nothing for visitors without a name."""
    if g.visitor.user is None:
        return ()
    found = queue.live_of(db(), g.visitor.user.id)
    return [InHand(one, queueing.line(one), queue_policy.shown_deadline(one)) for one in found]


def example_task(project_id: uuid.UUID) -> Markup | None:
    """One real task of the project, blinded and read-only; None when it has no task that can be read."""
    project = projects.project(db(), project_id)
    task = queue.first_task(db(), project_id)
    if project is None or task is None:
        return None
    if project.classes and not _may_see(project):
        return None
    kind = registry.get(task.task_type)
    payload = kind.read_payload(kind.preset(task.payload, project.options))
    if isinstance(payload, Invalid):
        return None
    screen = kind.screen(kind.blind(payload, SEED), {})
    drawn = render_template(
        "workspace/task_types/example.html", kind=kind, screen=screen, classes=project.classes
    )
    return Markup(drawn)  # noqa: S704 - a template of ours, which has escaped what it shows


def screening_items(project_id: uuid.UUID) -> Markup | None:
    """What the screening the project asks for shows its candidates, for whoever checks it; None: none."""
    plan_id = reputation.required_plan(db(), project_id)
    version = applications.current_version(db(), plan_id) if plan_id else None
    if version is None:
        return None
    items = [_asked(item) for item in applications.items(db(), version.id)]
    drawn = render_template("workspace/screenings/checked.html", version=version, items=items)
    return Markup(drawn)  # noqa: S704 - a template of ours, which has escaped what it shows


def _asked(item: ScreeningItem) -> dict[str, Any]:
    kind, payload = registry.get(item.task_type), screening_policy.blinded(item, SEED)
    readable = not isinstance(payload, Invalid)
    return {
        "title": kind.title,
        "texts": list(kind.texts(payload)) if readable else ["This release cannot read it any more."],
        "is_keyed": item.is_keyed,
        "said": item.explanation if item.is_keyed else item.rubric,
    }


def claim_stops(project: Project) -> Sequence[RuleResult]:
    """The rules of a claim that keep the visitor from their next task on a job they have joined."""
    expert = experts.for_user(db(), g.visitor.user.id)
    engagement = expert and applications.active_engagement(db(), expert.id, project.id)
    return queueing.stops(db(), g.visitor.user, expert, project) if expert and engagement else ()


def job_forecast(project: Project, funded: int) -> str:
    """What the visitor can expect of a job that is funded for so many answers; empty for others."""
    expert = experts.for_user(db(), g.visitor.user.id)
    return queueing.forecast(db(), expert, project, funded=funded).sentence if expert else ""


def bonus_lines(project_id: uuid.UUID) -> Sequence[reviewing.BonusLine]:
    """The bonuses promised on a project, with how far the visitor is."""
    return reviewing.bonus_lines(db(), project_id, g.visitor.user.id if g.visitor.user else None)


def hours_reached() -> str:
    """A word to visitors who have worked as long this week as their profile says they wish; else empty."""
    expert = experts.for_user(db(), g.visitor.user.id)
    if expert is None or not expert.weekly_hours:
        return ""
    since = clock.database_now(db()) - timedelta(days=7)
    return hours_words(expert.weekly_hours, submissions.worked_since(db(), expert.user_id, since))


def _may_see(project: Project) -> bool:
    """Sensitive content is shown to people who agreed to it, whatever their role."""
    user = g.visitor.user
    return user is not None and not lacking(project.classes, care.opted_in(db(), user.id))


def verdicts_on(submission_id: uuid.UUID) -> list[Said]:
    """The verdicts on a submission that have acted, first round first, in words."""
    return [_said(review) for review in reviews.decided_of(db(), submission_id)]


def _said(review: Review) -> Said:
    verdict = review.verdict
    title = VERDICTS.get(verdict.value, words(verdict)) if verdict else ""
    return Said(
        round=review.round,
        title=f"{title}, found wrong later" if review.state is ReviewState.OVERTURNED else title,
        reason=policy.REASONS.get(review.reason_code or "", ""),
        code=review.reason_code or "",
        clauses=tuple(review.clauses.get("numbers", [])),
        note=review.note,
        at=review.decided_at,
    )


def appeal_on(submission_id: uuid.UUID) -> Appeal | None:
    """The appeal about a submission."""
    return reviews.appeal_of(db(), submission_id)


def appeals_to_decide(user_id: uuid.UUID) -> int:
    """How many appeals this person could be given now, for the navigation of whoever decides."""
    return reviews.appeals_for(db(), user_id, clock.now())[0]


WAITING = {"appeal_desk.index": appeals_to_decide}


def appeals_on(submission_ids: list[uuid.UUID]) -> dict[uuid.UUID, Appeal]:
    """Submission -> its appeal, for a page of them."""
    return reviews.appeals_of(db(), submission_ids)


def last_verdicts(submission_ids: list[uuid.UUID]) -> dict[uuid.UUID, Said]:
    """The last verdict that acted on each of these submissions, in words."""
    found = reviews.last_verdicts(db(), submission_ids)
    return {key: _said(review) for key, review in found.items()}


def feedback_on(project_id: uuid.UUID) -> reviewing.Feedback:
    """What reviewers wrote to the visitor on this project, and what waits to be changed."""
    return reviewing.feedback(db(), g.visitor.user.id, project_id)


def project_panels(project: Project, may_end: bool) -> Markup:  # noqa: FBT001 - called by templates
    """How far a project is, for the company's page, with the ways to its tasks and to withdrawing it."""
    progress = queue.progress(db(), project.id)
    withdrawals = queue.withdrawals_of(db(), project.id, mark=request.args.get("withdrawn"))
    drawn = render_template(
        "workspace/queue/progress.html",
        project=project,
        progress=progress,
        may_withdraw=may_end,
        left_over=queue.count_left_over(db(), project.id),
        withdrawals=withdrawals,
        outcomes=submitting.outcomes(db(), project.id, withdrawals.rows),
    )
    return Markup(drawn)  # noqa: S704 - a template of ours, which has escaped what it shows


def work_in_review(user_id: uuid.UUID) -> Waiting:
    """Answers handed in and not decided, with the pay reserved for them in minor units."""
    count, minor = reviews.waiting_of(db(), user_id)
    return Waiting(count, minor)


def work_undecided(user_id: uuid.UUID, mark: str | None = None, size: int = SIZE) -> Page[Submission]:
    """The answers behind `work_in_review`, newest first."""
    return reviews.undecided_of(db(), user_id, mark, size)


def work_unpaid(user_id: uuid.UUID, mark: str | None = None) -> tuple[int, Page[Submission]]:
    """How many answers were not approved, and a page of them, newest first."""
    return reviews.unpaid_count(db(), user_id), reviews.unpaid_of(db(), user_id, mark)
