"""Facts of the marketplace and who listens: rows only, in the transaction of the fact."""

import uuid

from sqlalchemy.orm import Session

from marketplace.applications import events as application_facts
from marketplace.applications import service as applications
from marketplace.audit import service as audit
from marketplace.billing import events as deposits
from marketplace.bonuses import events as bonus_facts
from marketplace.bonuses import service as bonuses
from marketplace.cases import events as case_facts
from marketplace.companies import events as company_facts
from marketplace.companies import service as companies
from marketplace.experts import events as expert_facts
from marketplace.experts import service as experts
from marketplace.identity import events as people
from marketplace.identity import queries as users
from marketplace.identity.models import Role
from marketplace.kit.events import Listeners
from marketplace.ledger import events as ledger_facts
from marketplace.ledger import service as ledger
from marketplace.listeners import cases, money
from marketplace.matching import service as matching
from marketplace.notifications import queries as notices
from marketplace.notifications import service as notifications
from marketplace.notifications.policy import Letter
from marketplace.outbox import events as outbox_facts
from marketplace.payouts import events as payout_facts
from marketplace.payouts import service as payouts
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


def tell_given_up(session: Session, fact: outbox_facts.MessageGivenUp) -> None:
    """Operators learn that something is stuck: once, until they have looked."""
    for user in users.users_with_role(session, Role.OPS):
        if not notices.waits(session, user.id, fact.name):
            notifications.tell(
                session,
                user.id,
                kind=fact.name,
                title="Something is stuck",
                body="It failed eight times. Look at what went wrong, then let it be tried again.",
                path="/staff/messages",
                email=False,  # the letter itself may be what is stuck
            )


def record_revival(session: Session, fact: outbox_facts.MessageRevived) -> None:
    """Who let it be tried again."""
    audit.record(
        session,
        "outbox:message:revived",
        actor_id=fact.by_id,
        subject_type="message",
        subject_id=fact.message_id,
    )


def _record(
    session: Session, tag: str, user_id: uuid.UUID, *, by: uuid.UUID | None, **detail: object
) -> None:
    audit.record(session, tag, actor_id=by, subject_type="user", subject_id=user_id, **detail)


LISTENERS: Listeners = {
    outbox_facts.MessageGivenUp: [tell_given_up],
    outbox_facts.MessageRevived: [record_revival],
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
    deposits.DepositSettled: [money.tell_deposit],
    deposits.DepositFailed: [money.tell_failed_deposit],
    deposits.FundsLow: [money.tell_low_funds],
    deposits.InvoiceBounced: [money.tell_bounced_invoice],
    deposits.InvoiceOverdue: [money.tell_overdue_invoice],
    deposits.RefundAsked: [money.tell_refund_asked],
    deposits.RefundPaid: [money.tell_refund_paid],
    deposits.RefundFailed: [money.tell_refund_failed],
    deposits.RefundDeclined: [money.tell_refund_declined],
    bonus_facts.BonusPromised: [applications.announce_bonus],
    bonus_facts.BonusExtended: [applications.announce_bonus],
    bonus_facts.BonusEarned: [bonuses.tell_earned],
    bonus_facts.BonusOver: [bonuses.tell_over],
    bonus_facts.BonusGiven: [bonuses.tell_given],
    case_facts.ProposalMade: [cases.tell_proposed],
    case_facts.ProposalDecided: [cases.tell_decided],
    deposits.DisputeOpened: [money.tell_dispute],
    deposits.DisputeWon: [money.tell_won_dispute],
    deposits.DisputeLost: [money.tell_lost_dispute],
    payout_facts.PayoutPaid: [payouts.tell_paid],
    payout_facts.PayoutFailed: [payouts.tell_failed_payout],
    payout_facts.PayoutCancelled: [payouts.tell_cancelled_payout],
    payout_facts.RunLapsed: [payouts.tell_lapsed_run],
    payout_facts.PayoutAlarm: [payouts.tell_alarm],
    payout_facts.PayoutRequested: [payouts.tell_requested_payout],
    payout_facts.PayoutHeld: [payouts.tell_held_payout],
    payout_facts.PayoutReturned: [payouts.tell_returned_payout],
    payout_facts.ReversalProposed: [payouts.tell_proposed_reversal],
    payout_facts.ReversalEnded: [payouts.tell_ended_reversal],
    payout_facts.PayoutTakenBack: [payouts.tell_taken_back],
    payout_facts.WithholdingProposed: [payouts.tell_proposed_withholding],
    payout_facts.WithholdingBegun: [payouts.tell_withholding_begun],
    payout_facts.WithholdingEnded: [payouts.tell_withholding_ended],
    payout_facts.PayoutAccountChanged: [payouts.tell_changed_account],
    ledger_facts.DifferencesFound: [ledger.tell_differences],
    ledger_facts.RuleBroken: [ledger.tell_broken_rule],
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
