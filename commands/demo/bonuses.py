"""The demo's bonuses: one job promises one that can still be met, and one answer was worth a gift."""

import uuid
from collections.abc import Mapping
from datetime import timedelta

from commands.demo.people import user
from marketplace.bonuses import service as bonuses
from marketplace.bonuses.policy import Gift, Promise
from marketplace.kit import clock, ids
from marketplace.kit.database import Sessions, transaction
from marketplace.projects import queries as projects
from workspace.reviews import service as reviews

PROMISED, GIVEN = "ranking_kitchen", "editing_medicines"
PROMISE_MINOR, ANSWERS, PLACES, DAYS = 1_000, 5, 4, timedelta(days=21)
GIFT_MINOR, WHY = 1_500, "You named the leaflet and its date, which we had not asked for."
GIVEN_AGO = timedelta(hours=20)


def seed_bonuses(sessions: Sessions, opened: Mapping[str, uuid.UUID]) -> None:
    """Promise one, and give one to the expert for work that was approved days ago."""
    with transaction(sessions) as session:
        ends_at = (clock.database_now(session) + DAYS).replace(hour=18, minute=0, second=0, microsecond=0)
        project = projects.lock(session, opened[PROMISED])
        bonuses.publish_bonus(
            session,
            project,
            by=user(session, "owner"),
            promise=Promise(amount_minor=PROMISE_MINOR, answers=ANSWERS, places=PLACES, ends_at=ends_at),
            form_key=ids.new_id(),
        )
    with clock.shifted(-GIVEN_AGO), transaction(sessions) as session:
        gift = Gift(user_id=user(session, "expert").id, amount_minor=GIFT_MINOR, reason=WHY)
        project, by = projects.lock(session, opened[GIVEN]), user(session, "owner")
        reviews.give_bonus(session, project, by=by, gift=gift, form_key=ids.new_id())
