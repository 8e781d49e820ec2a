"""What a credential's state means on a day, and who may do what with it.  Pure."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from config.policy import PEOPLE
from marketplace.experts.models import (
    Credential,
    CredentialKind,
    CredentialQuestion,
    CredentialState,
    EvidenceFile,
    EvidenceState,
    Expert,
    Verification,
)

K = CredentialKind
C = CredentialState
COUNTING = frozenset({C.VERIFIED, C.EXPIRING})
EDITABLE = frozenset({C.UNVERIFIED, C.REJECTED, C.EXPIRED})
WAITING = frozenset({C.SUBMITTED, C.IN_REVIEW})
TWO_PEOPLE = frozenset({K.LICENCE, K.BOARD_CERTIFICATION})
READ_WITHIN = timedelta(minutes=5)  # of being sent; what waits longer is found by the schedule
READING = (
    "We are still reading your file. That takes a few seconds, an hour at the most; then you can send it."
)
LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2", "native")


@dataclass(frozen=True, slots=True)
class Shown:
    """A credential as a person sees it on a day: its state judged by the clock, and the newest check."""

    credential: Credential
    state: CredentialState
    days_left: int | None
    check: Verification | None
    answer_by: datetime | None = None  # a question of the staff waits for an answer until then


def shown(
    credential: Credential,
    today: date,
    check: Verification | None = None,
    question: CredentialQuestion | None = None,
) -> Shown:
    """What a person sees of a credential on this day; `question` is the newest of the staff."""
    until = answer_by(question) if question is not None and may_answer(credential, question) else None
    return Shown(credential, state_on(credential, today), days_left(credential, today), check, until)


def answer_by(question: CredentialQuestion) -> datetime:
    """Until when an answer is waited for; then somebody decides without one."""
    return question.asked_at + timedelta(days=PEOPLE.credential_answer_days)


def counts(credential: Credential, today: date) -> bool:
    """Verified and not past its last day, whether or not the sweep has been here."""
    return credential.state in COUNTING and not is_over(credential, today)


def is_over(credential: Credential, today: date) -> bool:
    """The last day of validity has passed."""
    return credential.expires_on is not None and credential.expires_on < today


def end_of(credential: Credential) -> datetime | None:
    """The moment its last day ends, by UTC; None when it has none."""
    if credential.expires_on is None:
        return None
    return datetime.combine(credential.expires_on + timedelta(days=1), time.min, tzinfo=UTC)


def days_left(credential: Credential, today: date) -> int | None:
    """Days until the last day of validity; None when it has none."""
    return None if credential.expires_on is None else (credential.expires_on - today).days


def reminder(credential: Credential, today: date) -> int | None:
    """Which reminder (60, 30 or 7 days) is due and not yet sent; None when none is."""
    left = days_left(credential, today)
    if left is None:
        return None
    due = [days for days in PEOPLE.credential_reminder_days if left <= days]
    if not due or (credential.reminded_days is not None and credential.reminded_days <= due[-1]):
        return None
    return due[-1]


def state_on(credential: Credential, today: date) -> CredentialState:
    """The state a person is shown: the clock is judged on read."""
    if credential.state not in COUNTING:
        return credential.state
    if is_over(credential, today):
        return C.EXPIRED
    left = days_left(credential, today)
    soon = left is not None and left <= PEOPLE.credential_reminder_days[0]
    return C.EXPIRING if soon else C.VERIFIED


def speaks(expert: Expert, language: str, level: str) -> bool:
    """Whether the profile names this language at this level or a better one."""
    said = expert.languages.get(language)
    return said in LEVELS and LEVELS.index(said) >= LEVELS.index(level)


def checks_needed(kind: CredentialKind) -> int:
    """How many people check this kind."""
    return 2 if kind in TWO_PEOPLE else 1


def this_round(credential: Credential, checks: Iterable[Verification]) -> list[Verification]:
    """The checks since the expert last sent it; earlier ones belong to an earlier round."""
    since = credential.submitted_at
    return [check for check in checks if since is not None and check.at >= since]


def is_own(credential: Credential, user_id: uuid.UUID) -> bool:
    """Whether this person is the one the credential is about.  The expert must be loaded."""
    return credential.expert.user_id == user_id


def has_checked(checks: Iterable[Verification], user_id: uuid.UUID) -> bool:
    """Whether this person gave one of these checks."""
    return any(check.by_id == user_id for check in checks)


def may_edit(credential: Credential, today: date) -> bool:
    """What is being checked or counts already stays as it is."""
    return state_on(credential, today) in EDITABLE


def may_delete(credential: Credential, today: date) -> bool:
    """The expert may take back everything that nobody is looking at and that does not count."""
    return state_on(credential, today) in EDITABLE | {C.SUBMITTED}


def missing(credential: Credential, files: Sequence[EvidenceFile], today: date) -> str | None:
    """What stands between this credential and being sent, as a sentence; None when it is ready."""
    if is_over(credential, today):
        return "Its last day has passed. Enter the new one, then send it."
    if any(file.state is EvidenceState.WAITING for file in files):
        return READING
    if not any(file.state is EvidenceState.CLEAN for file in files):
        return "Add a file that proves it, then send it."
    return None


def being_read(files: Sequence[EvidenceFile], now: datetime) -> int:
    """How many files a worker is about to have read: those that were sent just now and wait."""
    recent = now - READ_WITHIN
    return sum(file.state is EvidenceState.WAITING and file.created_at > recent for file in files)


def takes_files(credential: Credential, question: CredentialQuestion | None, today: date) -> bool:
    """While it can be changed, and while a question of the staff waits for an answer."""
    asked = credential.state is C.IN_REVIEW and question is not None and question.closed_at is None
    return asked or may_edit(credential, today)


def may_answer(credential: Credential, question: CredentialQuestion | None) -> bool:
    """A question is open, and the credential is still with whoever asked."""
    return credential.state is C.IN_REVIEW and question is not None and question.closed_at is None
