"""What people are told about their money, and finance about what waits for it."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.identity import queries as users
from marketplace.identity.models import Role
from marketplace.kit.money import shown
from marketplace.notifications import service as notifications
from marketplace.notifications.policy import Letter
from marketplace.payouts import events, queries
from marketplace.payouts.models import Reversal
from marketplace.payouts.service import wording
from marketplace.payouts.service.returning import UNREADABLE


def tell_paid(session: Session, fact: events.PayoutPaid) -> None:
    """Money is on its way to a person's bank."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title=f"{shown(fact.amount_minor)} was paid out",
        body="Your bank shows it within a few days.",
        path="/earnings",
    )


def tell_failed_payout(session: Session, fact: events.PayoutFailed) -> None:
    """A payout could not be sent; nothing is lost."""
    why = wording.refusal(queries.reason_of(session, fact.payout_id))
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title=f"{shown(fact.amount_minor)} is back in Available",
        body=f"It could not be sent: {why.rstrip('.')}. Check your payout account; then it goes again.",
        path="/earnings/account",
    )


def tell_cancelled_payout(session: Session, fact: events.PayoutCancelled) -> None:
    """It ended before it was sent, and goes with another run: a payout is never redirected."""
    why = queries.reason_of(session, fact.payout_id)
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title=f"{shown(fact.amount_minor)} is back in Available",
        body=f"The payout was not sent: {why}. The next run pays to your payout account as it is then.",
        path="/earnings/account" if why == UNREADABLE else "/earnings",
    )


def tell_lapsed_run(session: Session, fact: events.RunLapsed) -> None:
    """Whoever prepared a run, or asked for a payout, learns that nobody approved it."""
    if fact.on_request:
        notifications.tell(
            session,
            fact.user_id,
            kind=fact.name,
            title=f"{shown(fact.amount_minor)} is back in Available",
            body="Nobody agreed to your payout in time. It goes with the next run, or ask once more.",
            path="/earnings",
        )
        return
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title=f"Your payout run of {shown(fact.amount_minor)} was dropped",
        body="Nobody approved it in time. The money is available again; prepare a new run.",
        path=f"/staff/payouts/{fact.run_id}",
    )


def tell_requested_payout(session: Session, fact: events.PayoutRequested) -> None:
    """Everybody in finance but the person themselves can let it go."""
    for user in users.users_with_role(session, Role.FINANCE):
        if user.id != fact.user_id:
            notifications.tell(
                session,
                user.id,
                kind=fact.name,
                title=f"A payout of {shown(fact.amount_minor)} was asked for",
                body="It is sent as soon as somebody of finance has agreed.",
                path=f"/staff/payouts/{fact.run_id}",
            )


def tell_held_payout(session: Session, fact: events.PayoutHeld) -> None:
    """A hold is never silent: the reason and its end stand at the payout."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title=f"A payout of {shown(fact.amount_minor)} is on hold",
        body="The reason and the day the hold ends at the latest stand at the payout.",
        path="/earnings/payouts",
    )


def tell_returned_payout(session: Session, fact: events.PayoutReturned) -> None:
    """A bank sent it back; nothing is lost."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title=f"{shown(fact.amount_minor)} is back in Available",
        body="Your bank sent the transfer back. Check your bank details; the next run sends it again.",
        path="/earnings/account",
    )


def tell_proposed_reversal(session: Session, fact: events.ReversalProposed) -> None:
    """Everybody else in finance can decide on it."""
    reversal = queries.reversal(session, fact.reversal_id)
    for user in users.users_with_role(session, Role.FINANCE) if reversal else ():
        if reversal and user.id not in {fact.user_id, reversal.payout.user_id}:
            notifications.tell(
                session,
                user.id,
                kind=fact.name,
                title=f"A payout of {shown(fact.amount_minor)} was our mistake",
                body="Somebody wants to take it back. It happens when a second person agrees.",
                path=_page_of(reversal),
            )


def tell_ended_reversal(session: Session, fact: events.ReversalEnded) -> None:
    """Whoever proposed it learns that the payout stays paid, and why."""
    reversal = queries.reversal(session, fact.reversal_id)
    if reversal is not None:
        notifications.tell(
            session,
            fact.user_id,
            kind=fact.name,
            title=f"A payout of {shown(fact.amount_minor)} was not taken back",
            body=wording.not_taken_back(reversal.answer),
            path=_page_of(reversal),
        )


def _page_of(reversal: Reversal) -> str:
    return f"/staff/payouts/{reversal.payout.run_id}/payouts/{reversal.payout_id}"


def tell_taken_back(session: Session, fact: events.PayoutTakenBack) -> None:
    """Our mistake, in the words of who proposed it; nothing is lost."""
    reversal = queries.reversal(session, fact.reversal_id)
    if reversal is not None:
        notifications.tell(
            session,
            fact.user_id,
            kind=fact.name,
            title=f"{shown(fact.amount_minor)} is back in Available",
            body=f"We took a payout back that was our mistake: {wording.sentence(reversal.reason)}"
            " The money stays yours, and the next run sends it again.",
            path="/earnings/payouts",
        )


def tell_changed_account(session: Session, fact: events.PayoutAccountChanged) -> None:
    """To the address we had before the change: whoever did not do it has to know."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title="The bank you are paid to was changed",
        body=f"Nothing is paid to the new one for {MONEY.bank_change_hours} hours, and payouts that were not"
        " sent are back in Available. If it was not you, change your password at once and write to us.",
        path="/earnings/account",
        email=Letter(safety=True),
    )


def tell_alarm(session: Session, fact: events.PayoutAlarm) -> None:
    """Whoever prepared the run has to look; everybody else in finance when its own person asked for it."""
    finance = users.users_with_role(session, Role.FINANCE) if fact.on_request else []
    others = [user.id for user in finance if user.id != fact.user_id]
    for user_id in others if fact.on_request else [fact.user_id]:
        notifications.tell(
            session,
            user_id,
            kind=fact.name,
            title="A payout needs you",
            body="Other money has left than we know of. The run waits until somebody looks.",
            path="/staff/payouts",
        )


def tell_bank_returned(session: Session, payload: Mapping[str, Any]) -> None:
    """A bank did not take what the payment service had sent on: it is theirs already, and goes out again."""
    notifications.tell(
        session,
        uuid.UUID(payload["user_id"]),
        kind="payout.bank_returned",
        title="Your bank returned a payment",
        body="It is safe with the payment service. Change the bank there, and it goes out again by itself.",
        path="/earnings/account",
    )
