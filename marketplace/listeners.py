"""Facts of the marketplace and who listens: rows only, in the transaction of the fact."""

import uuid

from sqlalchemy.orm import Session

from marketplace.applications import events as application_facts
from marketplace.applications import service as applications
from marketplace.audit import service as audit
from marketplace.billing import events as deposits
from marketplace.companies import events as company_facts
from marketplace.companies import service as companies
from marketplace.experts import events as expert_facts
from marketplace.experts import service as experts
from marketplace.identity import events as people
from marketplace.identity import queries as users
from marketplace.identity.models import Role
from marketplace.kit.events import Listeners
from marketplace.kit.money import shown
from marketplace.matching import service as matching
from marketplace.notifications import service as notifications
from marketplace.notifications.policy import Letter
from marketplace.payouts import events as payout_facts
from marketplace.projects import events as project_facts
from marketplace.projects import service as projects


def record_registration(session: Session, fact: people.UserRegistered) -> None:
    """The first thing known about a User."""
    _record(session, "identity:user:registered", fact.user_id, by=fact.user_id)


def record_confirmation(session: Session, fact: people.EmailConfirmed) -> None:
    """The address is theirs."""
    _record(session, "identity:user:email_confirmed", fact.user_id, by=fact.user_id)


def record_password(session: Session, fact: people.PasswordChanged) -> None:
    """Written down, and told: whoever did not do it has to know."""
    _record(session, "identity:user:password_changed", fact.user_id, by=fact.user_id, by_link=fact.by_link)
    notifications.tell(
        session,
        fact.user_id,
        kind="password_changed",
        title="Your password was changed",
        body="Every other browser was logged out. If it was not you, ask for a new password at once: "
        "on the log-in page, choose “Forgot your password?”.",
        path="/settings",
        email=Letter(safety=True),
    )


def record_role(session: Session, fact: people.RoleGranted | people.RoleRevoked) -> None:
    """Rights that are given and taken are written down, and the person is told when somebody else did it."""
    given = isinstance(fact, people.RoleGranted)
    tag = "identity:role:granted" if given else "identity:role:revoked"
    _record(session, tag, fact.user_id, by=fact.by_id, role=fact.role)
    if fact.by_id == fact.user_id:
        return
    notifications.tell(
        session,
        fact.user_id,
        kind="role_changed",
        title=f"You {'have' if given else 'no longer have'} the role {fact.role}",
        body="Choose what you work as in the menu at your name." if given else "Your pay stays as it is.",
        path="/settings",
        email=Letter(safety=True),
    )


def record_ended_sign_ins(session: Session, fact: people.SignInsEnded) -> None:
    """Staff have logged somebody out."""
    _record(session, "identity:user:sign_ins_ended", fact.user_id, by=fact.by_id)


def tell_deposit(session: Session, fact: deposits.DepositSettled) -> None:
    """The money is in the wallet."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title=f"{shown(fact.amount_minor)} has arrived",
        body="It is in your company's wallet. Fund a project with it.",
        path=f"/company/billing/deposits/{fact.deposit_id}",
    )


def tell_failed_deposit(session: Session, fact: deposits.DepositFailed) -> None:
    """The bank sent a debit back."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title=f"Your deposit of {shown(fact.amount_minor)} failed",
        body="The bank sent the debit back. Nothing was credited; start a new deposit.",
        path=f"/company/billing/deposits/{fact.deposit_id}",
    )


def tell_refund_paid(session: Session, fact: deposits.RefundPaid) -> None:
    """Money is on its way back."""
    amount = shown(fact.amount_minor)
    _tell_refund(
        session, fact, f"{amount} is on its way back to you", "Cards and banks show it within ten days."
    )


def tell_refund_failed(session: Session, fact: deposits.RefundFailed) -> None:
    """It could not be sent, or came back; nothing is lost."""
    _tell_refund(
        session,
        fact,
        f"Your refund of {shown(fact.amount_minor)} did not go through",
        "The money is in your company's wallet again. Try once more, or write to us.",
    )


def tell_refund_declined(session: Session, fact: deposits.RefundDeclined) -> None:
    """Somebody of the house said why it cannot go."""
    _tell_refund(
        session,
        fact,
        f"Your refund of {shown(fact.amount_minor)} was declined",
        "The money is in your company's wallet again. The reason stands at the refund.",
    )


def _tell_refund(
    session: Session,
    fact: deposits.RefundPaid | deposits.RefundFailed | deposits.RefundDeclined,
    title: str,
    body: str,
) -> None:
    path = "/company/billing/refunds"
    notifications.tell(session, fact.user_id, kind=fact.name, title=title, body=body, path=path)


def tell_refund_asked(session: Session, fact: deposits.RefundAsked) -> None:
    """Everybody in finance can let it go."""
    for user in users.users_with_role(session, Role.FINANCE):
        notifications.tell(
            session,
            user.id,
            kind=fact.name,
            title=f"A refund of {shown(fact.amount_minor)} waits for you",
            body="It goes back only after somebody of the house has agreed.",
            path="/staff/refunds",
        )


def tell_paid(session: Session, fact: payout_facts.PayoutPaid) -> None:
    """Money is on its way to a person's bank."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title=f"{shown(fact.amount_minor)} was paid out",
        body="Your bank shows it within a few days.",
        path="/earnings",
    )


def tell_failed_payout(session: Session, fact: payout_facts.PayoutFailed) -> None:
    """A payout could not be sent; nothing is lost."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title=f"{shown(fact.amount_minor)} is back in Available",
        body="The payment service could not send it. Check your payout account; the next run sends it again.",
        path="/earnings/account",
    )


def tell_cancelled_payout(session: Session, fact: payout_facts.PayoutCancelled) -> None:
    """A payout is never redirected: the next run pays to the account as it is then."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title=f"{shown(fact.amount_minor)} is back in Available",
        body="Your payout account changed before the money was sent. The next run pays to the new one.",
        path="/earnings/account",
    )


def tell_lapsed_run(session: Session, fact: payout_facts.RunLapsed) -> None:
    """Whoever prepared a run learns that nobody approved it."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title=f"Your payout run of {shown(fact.amount_minor)} was dropped",
        body="Nobody approved it in time. The money is available again; prepare a new run.",
        path=f"/staff/payouts/{fact.run_id}",
    )


def tell_alarm(session: Session, fact: payout_facts.PayoutAlarm) -> None:
    """Whoever prepared the run has to look at the payment service."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title="A payout needs you",
        body="The payment service knows other transfers than we do. The run waits until somebody looks.",
        path="/staff/payouts",
    )


def _record(
    session: Session, tag: str, user_id: uuid.UUID, *, by: uuid.UUID | None, **detail: object
) -> None:
    audit.record(session, tag, actor_id=by, subject_type="user", subject_id=user_id, **detail)


LISTENERS: Listeners = {
    people.UserRegistered: [record_registration, experts.begin_profile],
    people.EmailConfirmed: [record_confirmation, companies.tell_waiting],
    people.PasswordChanged: [record_password],
    people.RoleGranted: [record_role, experts.begin_profile],
    people.RoleRevoked: [record_role],
    people.SignInsEnded: [record_ended_sign_ins],
    project_facts.ProjectPassed: [projects.tell_passed],
    project_facts.ProjectSentBack: [projects.tell_sent_back],
    project_facts.ProjectPublished: [projects.tell_opened, matching.project_changed],
    project_facts.ProjectPaused: [projects.tell_paused],
    project_facts.ProjectFinished: [
        applications.end_applications,
        applications.release_offered,
        matching.project_changed,
    ],
    project_facts.ProjectClosed: [applications.end_engagements, projects.tell_closed],
    deposits.DepositSettled: [tell_deposit],
    deposits.DepositFailed: [tell_failed_deposit],
    deposits.RefundAsked: [tell_refund_asked],
    deposits.RefundPaid: [tell_refund_paid],
    deposits.RefundFailed: [tell_refund_failed],
    deposits.RefundDeclined: [tell_refund_declined],
    payout_facts.PayoutPaid: [tell_paid],
    payout_facts.PayoutFailed: [tell_failed_payout],
    payout_facts.PayoutCancelled: [tell_cancelled_payout],
    payout_facts.RunLapsed: [tell_lapsed_run],
    payout_facts.PayoutAlarm: [tell_alarm],
    project_facts.QuestionAsked: [projects.tell_asked],
    project_facts.QuestionAnswered: [projects.tell_answered],
    project_facts.GuidelinePublished: [applications.announce_guideline],
    application_facts.ApplicationReceived: [applications.tell_company],
    application_facts.ApplicationChosen: [applications.tell_chosen],
    application_facts.ApplicationNotChosen: [applications.tell_not_chosen],
    application_facts.ApplicationUnanswered: [applications.tell_unanswered],
    application_facts.ExpertInvited: [applications.tell_invited],
    application_facts.ScreeningDecided: [applications.tell_screening],
    application_facts.ScreeningRefused: [applications.tell_refused],
    application_facts.RefusalEnded: [applications.tell_refusal_ended],
    application_facts.CertificateRevoked: [applications.tell_revoked],
    expert_facts.ProfileChanged: [matching.expert_changed],
    expert_facts.CredentialVerified: [experts.tell_verified, matching.expert_changed],
    expert_facts.CredentialRejected: [experts.tell_rejected],
    expert_facts.CredentialExpiring: [experts.tell_expiring],
    expert_facts.CredentialExpired: [experts.tell_expired, matching.expert_changed],
    expert_facts.CredentialQuestioned: [experts.tell_questioned],
    expert_facts.CredentialAnswered: [experts.tell_answered],
    expert_facts.CredentialRevoked: [experts.tell_revoked, matching.expert_changed],
    expert_facts.RevocationReviewed: [experts.tell_reviewed, matching.expert_changed],
    expert_facts.EvidenceRefused: [experts.tell_evidence_refused],
    company_facts.MemberInvited: [companies.tell_invited],
    company_facts.MemberJoined: [companies.tell_joined],
    company_facts.MemberLeft: [companies.tell_left],
    company_facts.CompanyRenamed: [matching.company_renamed],
    company_facts.ExpertBlocked: [companies.tell_blocked],
}
