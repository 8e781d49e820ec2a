"""What people are told about bonuses.  Listeners: they write notices and nothing else."""

from sqlalchemy.orm import Session

from marketplace.bonuses import policy, queries
from marketplace.bonuses.events import BonusEarned, BonusGiven, BonusOver
from marketplace.kit.money import shown
from marketplace.notifications import service as notifications
from marketplace.projects import queries as projects


def tell_earned(session: Session, fact: BonusEarned) -> None:
    """Whoever met a promise hears what it pays and why."""
    rule = queries.rule(session, fact.rule_id)
    if rule is not None:
        notifications.tell(
            session,
            fact.user_id,
            kind="bonus_earned",
            title=f"Bonus: {shown(rule.amount_minor, rule.currency)}",
            body=f"“{rule.project.title}”: {policy.condition(rule)}. It stands under your earnings.",
            path=f"/earnings/bonuses/{fact.payment_id}",
        )


def tell_given(session: Session, fact: BonusGiven) -> None:
    """Whoever was given a bonus hears how much, on which project and what for."""
    given = queries.given(session, fact.given_id)
    if given is not None:
        notifications.tell(
            session,
            fact.user_id,
            kind="bonus_given",
            title=f"Bonus: {shown(given.amount_minor, given.currency)} from {given.project.company.name}",
            body=f"“{given.project.title}”. They say: “{given.reason}” It stands under your earnings.",
            path=f"/earnings/bonuses/{given.id}",
        )


def tell_over(session: Session, fact: BonusOver) -> None:
    """The members of the company hear how many people were paid and what came back."""
    rule = queries.rule(session, fact.rule_id)
    if rule is None:
        return
    people = f"{rule.paid_count} of {rule.places} places {'was' if rule.paid_count == 1 else 'were'} paid."
    back = f" {shown(fact.rest_minor, rule.currency)} went back to the budget." if fact.rest_minor else ""
    for user_id in projects.member_user_ids(session, rule.project.company_id):
        notifications.tell(
            session,
            user_id,
            kind="bonus_over",
            title=f"A bonus on “{rule.project.title}” is over",
            body=people + back,
            path=f"/company/projects/{rule.project_id}/bonuses",
        )
