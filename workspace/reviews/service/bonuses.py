"""Bonuses meet the work: an approval completes a promised one, the clock ends it, a company gives one."""

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.bonuses import policy as bonus_policy
from marketplace.bonuses import queries as bonuses
from marketplace.bonuses import service as promises
from marketplace.bonuses.errors import NotGiven
from marketplace.bonuses.models import BonusPayment, BonusRule, BonusState, GivenBonus
from marketplace.bonuses.policy import Gift
from marketplace.bonuses.service import Met
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.outbox import service as outbox
from marketplace.outbox.service import Payload
from marketplace.payouts import service as payouts
from marketplace.payouts.models import EarningKind
from marketplace.payouts.service import Earned
from marketplace.projects.models import Project
from workspace.reviews import queries
from workspace.reviews.events import SubmissionApproved, SubmissionOverturned

NO_CONTACT = "This person has not had to do with the project (no screening, no place, no task), or has left."


@dataclass(frozen=True, slots=True)
class BonusLine:
    """A promised bonus as one person sees it: how many of their answers count, and whether they were paid."""

    rule: BonusRule
    mine: int
    paid: bool

    @property
    def places(self) -> str:
        """How many can still get it, or got it."""
        if self.rule.state is BonusState.OVER and self.rule.left:
            return f"{self.rule.paid_count} of {self.rule.places} places were taken"
        return bonus_policy.places_words(self.rule)

    @property
    def may_be_met(self) -> bool:
        """Somebody can still work for it."""
        open_ = self.rule.state is BonusState.OPEN
        return open_ and self.rule.left > 0 and clock.now() < self.rule.ends_at


def bonus_lines(session: Session, project_id: uuid.UUID, user_id: uuid.UUID | None) -> list[BonusLine]:
    """The promised bonuses of a project as this person sees them; nobody: without progress."""
    rows = queries.bonus_lines(session, project_id, user_id, clock.database_now(session))
    return [BonusLine(rule, int(mine), bool(paid)) for rule, mine, paid in rows]


def promise_bonuses(session: Session, fact: SubmissionApproved | SubmissionOverturned) -> None:
    """Approved work may complete a promised bonus: it is looked at in a transaction of its own.

    So the approval locks no row that all experts of the project share.
    """
    for rule_id in bonuses.open_ids(session, fact.project_id):
        outbox.send(
            session,
            "bonuses.count",
            key=f"bonuses.count:{rule_id}:{fact.submission_id}",
            rule_id=str(rule_id),
            user_id=str(fact.user_id),
        )


def count_bonus(session: Session, payload: Payload) -> None:
    """Settle the promise when this person's answers are enough; otherwise nothing happens."""
    rule = bonuses.rule(session, uuid.UUID(payload["rule_id"]))
    if rule is None or rule.state is BonusState.OVER:
        return
    if queries.counted_for(session, rule, uuid.UUID(payload["user_id"])) >= rule.answers:
        settle_bonus(session, {"rule_id": payload["rule_id"]})


def settle_bonus(session: Session, payload: Payload) -> None:
    """Pay everybody who met the promise and has no place yet, in the order of meeting it; end what is due.

    Safe to repeat: the promise is locked, and who has a place is left out.
    """
    rule = bonuses.lock(session, uuid.UUID(payload["rule_id"]))
    if rule is None or rule.state is BonusState.OVER:
        return
    met = [Met(user_id, at) for user_id, at in queries.met(session, rule)]
    undecided = queries.waits_for_decision(session, rule, clock.database_now(session))
    for payment in promises.settle(session, rule, met, undecided=undecided):
        payouts.record_earning(session, _earned(rule, payment))


def sweep_bonuses(session: Session, payload: Payload) -> None:
    """Promise to settle every bonus that is due, and each one once an hour, in transactions of their own."""
    now = clock.database_now(session)
    for rule in bonuses.open_rules(session):
        slot = f"{now:%Y%m%d%H%M}" if bonus_policy.is_due(rule, rule.project, now) else f"{now:%Y%m%d%H}"
        outbox.send(session, "bonuses.settle", key=f"bonuses.settle:{rule.id}:{slot}", rule_id=str(rule.id))


def give_bonus(
    session: Session, project: Project, *, by: User, gift: Gift, form_key: uuid.UUID
) -> GivenBonus:
    """Give a bonus to somebody who had a screening, a place or a task on the project; their earning with it.

    NotGiven (422) for anybody else, and what `bonuses.service.give` refuses.
    """
    if not queries.had_contact(session, project.id, gift.user_id):
        raise NotGiven("amount", NO_CONTACT)
    given = promises.give(session, project, by=by, gift=gift, form_key=form_key)
    payouts.record_earning(
        session,
        Earned(
            user_id=given.user_id,
            project_id=given.project_id,
            kind=EarningKind.BONUS,
            amount_minor=given.amount_minor,
            ledger_key=f"bonus:{given.id}",
            ref_type="given_bonus",
            ref_id=given.id,
            reason=f"“{given.reason}”",
        ),
    )
    return given


def _earned(rule: BonusRule, payment: BonusPayment) -> Earned:
    return Earned(
        user_id=payment.user_id,
        project_id=rule.project_id,
        kind=EarningKind.BONUS,
        amount_minor=rule.amount_minor,
        ledger_key=f"bonus:{payment.id}",
        ref_type="bonus",
        ref_id=payment.id,
        reason=f"{bonus_policy.condition(rule)}, place {payment.place} of {rule.places}",
    )
