"""People and jobs of every kind, drawn by a seed: what laws about the rules are tried on."""

import random
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from config.content import CLASSES
from config.fields import TIERS
from marketplace.care import service as care
from marketplace.companies.models import Company, CompanyBlock
from marketplace.experts.models import CredentialKind, CredentialState, Expert
from marketplace.experts.policy import LEVELS
from marketplace.identity.models import Role, UserState
from marketplace.kit import clock
from marketplace.projects.models import Project
from marketplace.reputation.models import Reputation, WorkedOn
from tests.factories.companies import make_company, make_member
from tests.factories.experts import make_credential, make_expert
from tests.factories.identity import make_user
from tests.factories.projects import CONTENT_NOTE, make_project

FIELDS = ("general", "medicine", "medicine.cardiology", "law", "law.tax")
COUNTRIES = ("US", "DE", "NG", "")
TONGUES = ("en", "de", "fr")
_LEAVES: tuple[dict[str, Any], ...] = (
    {"fact": "tier", "op": "ge", "value": "specialist"},
    {"fact": "tier", "op": "lt", "value": "licensed"},
    {"fact": "tier", "op": "in", "value": ["general", "licensed"]},
    {"fact": "tier", "op": "not_in", "value": ["general"]},
    {"fact": "tier", "op": "ne", "value": "licensed"},
    {"fact": "credential", "op": "in", "value": ["licence", "board_certification"]},
    {"fact": "credential", "op": "ne", "value": "degree"},
    {"fact": "credential", "op": "exists"},
    {"fact": "specialty", "op": "eq", "value": "medicine"},
    {"fact": "specialty", "op": "not_in", "value": ["law.tax", "medicine.cardiology"]},
    {"fact": "specialty", "op": "not_exists"},
    {"fact": "language", "op": "in", "value": ["de", "fr"]},
    {"fact": "language", "op": "ne", "value": "fr"},
    {"fact": "language", "op": "exists"},
    {"fact": "language", "op": "not_exists"},
    {"fact": "country", "op": "in", "value": ["US", "NG"]},
    {"fact": "country", "op": "not_in", "value": ["DE"]},
    {"fact": "country", "op": "not_exists"},
    {"fact": "approved_count", "op": "ge", "value": 10},
    {"fact": "approved_count", "op": "eq", "value": 0},
    {"fact": "approved_count", "op": "ne", "value": 10},
    {"fact": "approved_count", "op": "not_exists"},
    {"fact": "approved_first_time", "op": "ge", "value": 0.9},
    {"fact": "approved_first_time", "op": "lt", "value": 0.9},
    {"fact": "approved_first_time", "op": "ne", "value": 0.5},
    {"fact": "approved_first_time", "op": "exists"},
    {"fact": "gold_accuracy", "op": "gt", "value": 0.8},
    {"fact": "gold_accuracy", "op": "le", "value": 0.8},
    {"fact": "worked_on_project", "op": "exists"},
    {"fact": "worked_on_project", "op": "not_exists"},
)


def draw_rules(dice: random.Random) -> dict[str, Any]:
    """A tree of one to four parts, some of them groups."""
    parts = [
        {dice.choice(["all", "any"]): dice.sample(_LEAVES, dice.randint(1, 3))}
        if dice.random() < 0.4
        else leaf
        for leaf in dice.sample(_LEAVES, dice.randint(1, 3))
    ]
    return {dice.choice(["all", "any"]): parts}


def draw_person(
    session: Session, dice: random.Random, companies: list[Company], past: list[Project]
) -> Expert:
    """A person with credentials in all states, a past, memberships and blocks."""
    state = UserState.SUSPENDED if dice.random() < 0.05 else UserState.ACTIVE
    user = make_user(session, roles=[Role.EXPERT], state=state, confirmed=dice.random() < 0.95)
    spoken = {code: dice.choice(LEVELS) for code in dice.sample(TONGUES, dice.randint(0, 3))}
    expert = make_expert(session, user=user, country=dice.choice(COUNTRIES), languages=spoken)
    for _ in range(dice.randint(0, 4)):
        make_credential(
            session,
            expert,
            kind=dice.choice([*CredentialKind]),
            state=dice.choice([*CredentialState, CredentialState.VERIFIED, CredentialState.VERIFIED]),
            ends_in_days=dice.choice([None, None, -1, 0, 20]),
            specialty=dice.choice(FIELDS),
        )
    _live(session, dice, expert, companies, past)
    session.flush()
    return expert


def _live(
    session: Session, dice: random.Random, expert: Expert, companies: list[Company], past: list[Project]
) -> None:
    user, now = expert.user, clock.database_now(session)
    if dice.random() < 0.5:
        care.choose(session, user, dice.sample(sorted(CLASSES), dice.randint(0, len(CLASSES))))
    for kind in ("rating", "response_ranking"):
        counts = dice.choice([(0, 0), (0, 0), (5, 4), (10, 9), (40, 20)])
        if dice.random() < 0.5:
            session.add(
                Reputation(
                    user=user,
                    task_type=kind,
                    approved_count=counts[0],
                    first_time_count=counts[1],
                    rejected_count=dice.choice([0, 0, 1, 3]),
                    gold_count=counts[0] // 2,
                    gold_right_count=counts[1] // 2,
                )
            )
    if dice.random() < 0.3:
        session.add(WorkedOn(user_id=user.id, project_id=dice.choice(past).id))
    company = dice.choice(companies)
    if dice.random() < 0.2:
        left = dice.choice([now - timedelta(days=10), now - timedelta(days=500)])
        make_member(session, company, user=user, left_at=left)
    if dice.random() < 0.2:
        lifted = dice.choice([None, now])
        session.add(
            CompanyBlock(
                company=company, user_id=user.id, by_id=user.id, reason="Copied answers.", lifted_at=lifted
            )
        )


def draw_job(session: Session, dice: random.Random, company: Company | None = None) -> Project:
    """A project of any tier, field, language and state, half of them with rules of the company."""
    shown = dice.sample(sorted(CLASSES), dice.choice([0, 0, 1, 2]))
    project = make_project(
        session,
        company=company or make_company(session),
        state=dice.choice(["open", "open", "open", "paused"]),
        tier=dice.choice([*TIERS, "general", "general"]),
        specialty=dice.choice(FIELDS),
        language=dice.choice(TONGUES),
        language_level=dice.choice(LEVELS),
        excluded_countries=tuple(dice.sample(["US", "DE", "NG"], dice.choice([0, 0, 1]))),
        content_classes=tuple(shown),
        content_note=CONTENT_NOTE if shown else "",
        rules=draw_rules(dice) if dice.random() < 0.6 else {},
    )
    if dice.random() < 0.1:
        project.ends_at = clock.database_now(session) - timedelta(minutes=1)
    session.flush()
    return project
