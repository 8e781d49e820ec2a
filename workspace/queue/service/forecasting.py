"""What to expect of a job, from its queue and from the people who work there; never a promise."""

from datetime import timedelta

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.experts.models import Expert
from marketplace.kit import clock
from marketplace.projects.models import Project
from workspace.queue import policy, queries
from workspace.queue.policy import Forecast


def forecast(session: Session, expert: Expert, project: Project, *, funded: int) -> Forecast:
    """Tasks for this person, other active people, and a range of tasks a week; at most five statements.

    `funded` is how many answers are wanted and paid for.  The formula is `policy.forecast`'s.
    """
    now = clock.database_now(session)
    tasks = queries.tasks_for(session, project.id, expert.user_id)
    if project.quota is not None:
        tasks = min(tasks, max(0, project.quota - queries.taken_by(session, project.id, expert.user_id)))
    return policy.forecast(
        tasks=min(tasks, funded),
        opinions=funded,
        others=queries.others_active(session, project.id, expert.id, now - policy.WEEK),
        paces=queries.paces(session, project.id, now - timedelta(days=WORK.forecast_days)),
        now=now,
    )
