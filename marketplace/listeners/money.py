"""Who is told of money that came, went, or did not."""

from sqlalchemy.orm import Session

from marketplace.billing import events as deposits
from marketplace.companies import queries as company_queries
from marketplace.identity import queries as users
from marketplace.identity.models import Role
from marketplace.kit.money import shown
from marketplace.notifications import service as notifications
from marketplace.projects import queries as projects
from marketplace.projects.policy.answers import answers


def tell_deposit(session: Session, fact: deposits.DepositSettled) -> None:
    """The money is in the wallet."""
    _tell_payer(
        session,
        fact,
        f"{shown(fact.amount_minor)} has arrived",
        "It is in your company's wallet. Fund a project with it.",
    )


def tell_failed_deposit(session: Session, fact: deposits.DepositFailed) -> None:
    """The bank sent a debit back."""
    _tell_payer(
        session,
        fact,
        f"Your deposit of {shown(fact.amount_minor)} failed",
        "The bank sent the debit back. Nothing was credited; start a new deposit.",
    )


def tell_bounced_invoice(session: Session, fact: deposits.InvoiceBounced) -> None:
    """A payment of it came back."""
    _tell_payer(
        session,
        fact,
        f"A payment of your invoice over {shown(fact.amount_minor)} came back",
        "Nothing was credited, and the invoice is still open. Pay it another way, or cancel it.",
    )


def tell_overdue_invoice(session: Session, fact: deposits.InvoiceOverdue) -> None:
    """Its day has passed."""
    _tell_payer(
        session,
        fact,
        f"Your invoice over {shown(fact.amount_minor)} is overdue",
        "Pay it, or cancel it if you no longer want it. Nothing else happens to your projects.",
    )


OfDeposit = (
    deposits.DepositSettled | deposits.DepositFailed | deposits.InvoiceBounced | deposits.InvoiceOverdue
)


def _tell_payer(session: Session, fact: OfDeposit, title: str, body: str) -> None:
    """Whoever asked for the deposit, led to its page."""
    path = f"/company/billing/deposits/{fact.deposit_id}"
    notifications.tell(session, fact.user_id, kind=fact.name, title=title, body=body, path=path)


def tell_low_funds(session: Session, fact: deposits.FundsLow) -> None:
    """Everybody in the company reads it once; work that was begun is paid for already."""
    if fact.answers is None:
        title = f"Your wallet holds {shown(fact.balance_minor)}"
        body = "That is little for the projects that are open. Add funds before one of them pauses."
        path = "/company/billing"
    else:
        project = projects.project(session, fact.owner_id)
        name = f"“{project.title}”" if project else "A project"
        title = f"{name} is funded for {answers(fact.answers)} more"
        body = "Add funds before it pauses. Work that was begun is paid for already."
        path = f"/company/projects/{fact.owner_id}/fund"
    for user_id in projects.member_user_ids(session, fact.company_id):
        notifications.tell(session, user_id, kind=fact.name, title=title, body=body, path=path)


REFUNDS = "/company/billing/refunds"


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
        "The money is in the company's wallet again. The reason stands at the refund.",
        "/staff/deposits" if fact.by_hand else REFUNDS,
    )


def _tell_refund(
    session: Session,
    fact: deposits.RefundPaid | deposits.RefundFailed | deposits.RefundDeclined,
    title: str,
    body: str,
    path: str = REFUNDS,
) -> None:
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


def tell_dispute(session: Session, fact: deposits.DisputeOpened) -> None:
    """The company's owners learn what is set aside, finance that there is a deadline."""
    amount, held = shown(fact.amount_minor), shown(fact.held_minor)
    _tell_owners(
        session,
        fact,
        f"Your bank disputes a payment of {amount}",
        f"{held} of your wallet is set aside until the bank has decided. What projects hold stays theirs: "
        "work goes on and is paid.",
    )
    _tell_finance(
        session,
        fact,
        f"A payment of {amount} is disputed",
        "Answer before the deadline, or the money is lost.",
    )


def tell_won_dispute(session: Session, fact: deposits.DisputeWon) -> None:
    """The payment stands."""
    amount, held = shown(fact.amount_minor), shown(fact.held_minor)
    _tell_owners(
        session,
        fact,
        f"Your payment of {amount} stands",
        f"The bank has decided. {held} is in your wallet again.",
    )
    _tell_finance(session, fact, f"The dispute of {amount} is won", "The money is back, without the fee.")


def tell_lost_dispute(session: Session, fact: deposits.DisputeLost) -> None:
    """The payment is gone."""
    amount, held = shown(fact.amount_minor), shown(fact.held_minor)
    rest = shown(fact.amount_minor - fact.held_minor)
    _tell_owners(
        session,
        fact,
        f"Your bank has taken {amount} back",
        f"The {held} that was set aside has gone back to you that way. Who worked for you loses nothing.",
    )
    _tell_finance(session, fact, f"The dispute of {amount} is lost", f"{rest} of it is the platform's loss.")


Disputed = deposits.DisputeOpened | deposits.DisputeWon | deposits.DisputeLost


def _tell_owners(session: Session, fact: Disputed, title: str, body: str) -> None:
    for owner in company_queries.owners(session, fact.company_id):
        notifications.tell(
            session,
            owner.user_id,
            kind=fact.name,
            title=title,
            body=body,
            path="/company/billing/disputes",
        )


def _tell_finance(session: Session, fact: Disputed, title: str, body: str) -> None:
    path = f"/staff/disputes/{fact.dispute_id}"
    for user in users.users_with_role(session, Role.FINANCE):
        notifications.tell(session, user.id, kind=fact.name, title=title, body=body, path=path)
