"""People with a past: money earned, taken back, paid and on its way."""

from sqlalchemy.orm import Session

from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.identity.models import User
from marketplace.kit.database import Sessions
from marketplace.ledger import service as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry
from marketplace.payouts import queries, service
from marketplace.payouts.models import Earning, EarningState, Payout
from tests.factories import gateways
from tests.factories.identity import make_user
from tests.factories.ledger import leg
from tests.factories.payouts import earn_available, make_account, make_expert, make_run

WHY = "The same answer was handed in under two names, case 17"


def make_paid(
    session: Session, sessions: Sessions, payments: EmulatedPayments, *amounts: int, name: str = "Ada Byron"
) -> tuple[User, Payout]:
    """An expert whose earnings of these amounts were paid in one payout, really sent."""
    gateways.fund(payments, 10 * sum(amounts))
    ada = make_expert(session, name=name)
    make_account(session, ada, gateways.ready_account(payments))
    for minor in amounts:
        earn_available(session, ada, minor)
    return ada, pay_out(session, sessions, payments, ada)


def pay_out(session: Session, sessions: Sessions, payments: EmulatedPayments, user: User) -> Payout:
    """Everything available of this person in one payout, really sent."""
    make_run(session, approved=True)
    payout: Payout = queries.payouts_of(session, user.id, None).rows[0]
    service.send(sessions, payments, payout.id)
    session.expire_all()
    return payout


def take_back(session: Session, earning: Earning) -> None:
    """Two people take an earning back that was still on hold."""
    ledger.post_all(
        session,
        [
            Entry(
                kind="claim_clawback",
                key=f"{earning.ledger_key.rpartition(':')[0]}:clawback",
                legs=[
                    leg(
                        (Kind.EXPERT_PENDING, earning.user_id),
                        (Kind.STRIPE_BALANCE, PLATFORM),
                        earning.amount_minor,
                    )
                ],
                actor_id=make_user(session).id,
                approver_id=make_user(session).id,
                reason=WHY,
            )
        ],
    )
    earning.move(EarningState.REVERSED)
    session.flush()
