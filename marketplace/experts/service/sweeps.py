"""What the clock does with credentials; safe to run twice, late or early."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.experts import policy, queries
from marketplace.experts.events import CredentialExpired, CredentialExpiring
from marketplace.experts.models import Credential, CredentialState
from marketplace.experts.service.appeals import restore_late
from marketplace.experts.service.revoking import end
from marketplace.kit import clock
from marketplace.kit.events import publish
from marketplace.outbox.service import Payload

C = CredentialState


def expire(session: Session, payload: Payload) -> None:
    """End what passed its last day, remind 60, 30 and 7 days before, and free checks left open too long."""
    now = clock.database_now(session)
    today = now.date()
    reminders = [(days, today + timedelta(days=days)) for days in PEOPLE.credential_reminder_days]
    for credential in queries.ending(session, reminders, today):
        _judge(session, credential, today)
    for asked in queries.unanswered(session, now - timedelta(days=PEOPLE.credential_answer_days)):
        asked.closed_at = now  # without an answer; whoever opens it next sees that
    restore_late(session, now)
    for credential in queries.left_open(session, now - timedelta(days=PEOPLE.credential_check_days)):
        credential.move(C.SUBMITTED)  # it keeps the time it was sent, so it stands at the top of the queue
        credential.opened_at = None
        credential.opened_by_id = None


def _judge(session: Session, credential: Credential, today: date) -> None:
    user_id = credential.expert.user_id
    if policy.is_over(credential, today):
        end(session, credential)
        publish(session, CredentialExpired(credential_id=credential.id, user_id=user_id))
        return
    left, due = policy.days_left(credential, today), policy.reminder(credential, today)
    if left is None or due is None:
        return
    if credential.state is C.VERIFIED:
        credential.move(C.EXPIRING)
    credential.reminded_days = due
    publish(session, CredentialExpiring(credential_id=credential.id, user_id=user_id, days_left=left))
