"""Who is told of money that came, went, or did not."""

from sqlalchemy.orm import Session

from marketplace.billing import events as deposits
from marketplace.identity import queries as users
from marketplace.identity.models import Role
from marketplace.kit.money import shown
from marketplace.notifications import service as notifications


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
