"""A question of the staff about a credential, and the expert's answer (docs/adr/0021)."""

from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.experts import policy, queries
from marketplace.experts.errors import AlreadyAsked, NothingAsked, TooShort
from marketplace.experts.events import CredentialAnswered, CredentialQuestioned
from marketplace.experts.models import Credential, CredentialQuestion
from marketplace.experts.service import checks
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.events import publish

ANSWER_MINIMUM = 2


def ask(session: Session, credential: Credential, *, by: User, question: str) -> CredentialQuestion:
    """Ask the expert; the credential stays in review with whoever asked, and its clock rests.

    Raises AlreadyAsked (409), TooShort (422), Conflict (409) when somebody else has it open.
    """
    checks.held(session, credential, by)
    if len(question.strip()) < PEOPLE.refusal_minimum_characters:
        raise TooShort(f"Ask in at least {PEOPLE.refusal_minimum_characters} characters.")
    if queries.open_question(session, credential.id) is not None:
        raise AlreadyAsked("Your question is with the expert. You get a notice when it is answered.")
    asked = CredentialQuestion(
        credential=credential, by=by, question=question.strip(), asked_at=clock.database_now(session)
    )
    session.add(asked)
    session.flush()
    checks.note(session, credential, by, "asked", question_id=asked.id)
    publish(
        session,
        CredentialQuestioned(
            credential_id=credential.id, question_id=asked.id, user_id=credential.expert.user_id
        ),
    )
    return asked


def answer(session: Session, credential: Credential, *, text: str) -> None:
    """Answer the open question; whoever asked is told and has three days again.

    Raises NothingAsked (409), TooShort (422).
    """
    asked = queries.open_question(session, credential.id)
    if asked is None or not policy.may_answer(credential, asked):
        raise NothingAsked("There is no open question about this credential any more.")
    if len(text.strip()) < ANSWER_MINIMUM:
        raise TooShort("Write an answer.")
    now = clock.database_now(session)
    asked.answer, asked.closed_at = text.strip(), now
    credential.opened_at = now
    publish(
        session,
        CredentialAnswered(credential_id=credential.id, question_id=asked.id, user_id=asked.by_id),
    )
