"""Many people and many jobs: the board, "who fits" and a tick list, each against its own bare SQL."""

import random
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench import pages, texts, versus
from bench.world import application
from config.fields import SPECIALTIES, TIERS
from marketplace.applications import service as inviting
from marketplace.companies.models import Company
from marketplace.experts import queries as experts
from marketplace.experts.models import Credential, CredentialKind, CredentialState, Expert
from marketplace.identity.models import SignIn, User, UserState
from marketplace.kit import ids
from marketplace.kit.database import Base, Sessions, transaction
from marketplace.ledger.models import Kind, LedgerAccount, Side
from marketplace.matching import service as matching
from marketplace.projects import queries as projects
from marketplace.projects.models import OpenAnswers, Project, ProjectState
from marketplace.projects.policy import read_rules, rules_key
from marketplace.reputation.models import Reputation
from tests.conftest import migrate
from tests.factories.projects import make_plan

CHUNK = 2_000
RULES: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"all": [{"fact": "approved_count", "op": "ge", "value": 10}]},
    {
        "all": [
            {"fact": "country", "op": "in", "value": ["US", "DE"]},
            {
                "any": [
                    {"fact": "credential", "op": "in", "value": ["licence", "board_certification"]},
                    {"fact": "approved_first_time", "op": "ge", "value": 0.9},
                ]
            },
        ]
    },
)
Question = tuple[str, Callable[[Session], Any]]


def compare(kind: str, url: str, var: Path, *, size: int) -> dict[str, int]:
    """Print what each page and each part costs, the same statements bare, their ratio and their number.

    Returns name -> number of statements.
    """
    migrate(url)
    app = application(url, var)
    engine = app.sessions.kw["bind"]
    began = time.perf_counter()
    with engine.connect() as connection:
        _asleep(connection)
        person = _seed(connection, size)
        texts.seed(connection, person)
        connection.commit()
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    print(
        f"{kind}: {size:,} people and {size:,} jobs seeded in {time.perf_counter() - began:.1f} s", flush=True
    )
    counts = {}
    for name, ask in (*_parts(app.sessions, person), *pages.requests(app, person).items()):
        cost = versus.measure(engine, ask)
        print(cost.line(kind, name), flush=True)
        counts[f"{kind}, {name}"] = cost.statements
    engine.dispose()
    return counts


def _parts(sessions: Sessions, person: uuid.UUID) -> list[tuple[str, Callable[[], None]]]:
    """The questions, each in a reading transaction of its own."""

    def within(ask: Callable[[Session], Any]) -> Callable[[], None]:
        def run() -> None:
            with transaction(sessions, write=False) as session:
                ask(session)

        return run

    return [(name, within(ask)) for name, ask in _questions(person)]


def _questions(person: uuid.UUID) -> list[Question]:
    plan = make_plan(tier="licensed", specialty="medicine.cardiology", rules=RULES[3])
    open_plan = make_plan(tier="general", specialty="general", rules=RULES[2])
    company = ids.new_id()

    def board(session: Session, *, only_fitting: bool) -> None:
        expert = experts.expert(session, person)
        assert expert is not None
        now = datetime.now(UTC)
        looking = projects.Looking(
            eligible=matching.eligible_now(session, expert.user, expert) if only_fitting else None
        )
        filters = projects.Filters(eligible=only_fitting)
        page = projects.board(session, filters, now, mark=None, looking=looking)
        assert page.rows
        found = matching.fits(session, expert.user, expert, page.rows)
        assert not only_fitting or all(one.eligible for one in found.values())

    def ranked(session: Session, *, words: str = "") -> None:
        expert = experts.expert(session, person)
        assert expert is not None
        within = projects.fitting(
            projects.Filters(eligible=True),
            datetime.now(UTC),
            projects.Looking(eligible=matching.eligible_now(session, expert.user, expert)),
        )
        if words:
            assert matching.ranking.search(session, words, within=within).rows
        else:
            assert matching.ranking.rank(session, expert, within=within).rows[0].fit > 0

    def invited(session: Session, *, tier: str) -> None:
        wanted = sa.select(Project).where(Project.tier == tier, Project.specialty == "medicine.cardiology")
        job = session.scalars(wanted.order_by(Project.slug).limit(1)).one()
        found = inviting.people_for(session, job, mark=None)
        assert found.page.rows
        inviting.public_cards(session, [one for one, _ in found.page.rows], job)

    return [
        ("whom to invite, licensed", lambda session: invited(session, tier="licensed")),
        ("whom to invite, general", lambda session: invited(session, tier="general")),
        ("best fit first for one expert", ranked),
        ("search by words", lambda session: ranked(session, words="heart specialist")),
        ("board, ticks for a page", lambda session: board(session, only_fitting=False)),
        ("board, only what I can do now", lambda session: board(session, only_fitting=True)),
        ("who fits, licensed with rules", lambda session: matching.who_fits(session, plan, company)),
        ("who fits, general with a rule", lambda session: matching.who_fits(session, open_plan, company)),
    ]


def _asleep(connection: sa.Connection) -> None:
    """The books are filled by hand here: their triggers sleep, in this database of a benchmark only."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET session_replication_role = replica")
        return
    for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")


def _seed(connection: sa.Connection, size: int) -> uuid.UUID:
    dice, now = random.Random(4), datetime.now(UTC)
    companies = [ids.new_id() for _ in range(50)]
    _fill(connection, Company, [_company(one, place, now) for place, one in enumerate(companies)])
    first = None
    for start in range(0, size, CHUNK):
        places = range(start, min(start + CHUNK, size))
        people = [(ids.new_id(), ids.new_id()) for _ in places]
        _people(connection, dice, now, people)
        jobs = [_job(dice, now, place, dice.choice(companies)) for place in places]
        _fill(connection, Project, jobs)
        _fill(connection, LedgerAccount, [_budget(job["id"], now) for job in jobs])
        _fill(
            connection,
            OpenAnswers,
            [_answers(job["id"], now, place) for job, place in zip(jobs, places, strict=True)],
        )
        first = first or people[0][1]
    assert first is not None
    return first


def _people(
    connection: sa.Connection, dice: random.Random, now: datetime, people: list[tuple[uuid.UUID, uuid.UUID]]
) -> None:
    same = {"created_at": now}
    users, profiles, credentials, signs, past = [], [], [], [], []
    fields = [*SPECIALTIES]
    for user, expert in people:
        users.append(
            {
                "id": user,
                "email": f"{user.hex}@example.org",
                "name": "Ada Example",
                "password_hash": "x",
                "state": UserState.ACTIVE,
                "email_confirmed_at": now,
                "time_zone": "UTC",
                "theme": "system",
                **same,
            }
        )
        spoken = {"en": dice.choice(["B2", "C1", "C2", "native"]), "de": dice.choice(["A2", "C1"])}
        profiles.append(
            {
                "id": expert,
                "user_id": user,
                "headline": "",
                "biography": "",
                "languages": spoken,
                "country": dice.choice(["US", "DE", "NG", "IN"]),
                **same,
            }
        )
        credentials += [
            _credential(dice, expert, dice.choice(fields), now) for _ in range(dice.randint(0, 3))
        ]
        seen = now - timedelta(days=dice.randint(0, 30))
        signs.append(
            {
                "id": ids.new_id(),
                "user_id": user,
                "token_hash": user.hex,
                "device": "",
                "seen_at": seen,
                "ends_at": now + timedelta(days=1),
                **same,
            }
        )
        count = dice.randint(0, 60)
        past.append(
            {
                "id": ids.new_id(),
                "user_id": user,
                "task_type": "response_ranking",
                "approved_count": count,
                "first_time_count": count * dice.randint(7, 10) // 10,
                "rejected_count": 0,
                "gold_count": 0,
                "gold_right_count": 0,
                **same,
            }
        )
    for model, rows in (
        (User, users),
        (Expert, profiles),
        (Credential, credentials),
        (SignIn, signs),
        (Reputation, past),
    ):
        _fill(connection, model, rows)


def _credential(dice: random.Random, expert: uuid.UUID, field: str, now: datetime) -> dict[str, Any]:
    return {
        "id": ids.new_id(),
        "created_at": now,
        "expert_id": expert,
        "kind": dice.choice([*CredentialKind]),
        "specialty": dice.choice([field, field.partition(".")[0], "medicine"]),
        "title": "Doctor",
        "issuer": "A school",
        "country": "US",
        "issued_on": now.date(),
        "state": CredentialState.VERIFIED,
        "evidence_name": "",
        "evidence_type": "",
        "evidence_bytes": 0,
    }


def _company(company: uuid.UUID, place: int, now: datetime) -> dict[str, Any]:
    return {
        "id": company,
        "created_at": now,
        "name": f"Company {place}",
        "slug": f"c-{place}",
        "country": "US",
        "website": "",
    }


def _job(dice: random.Random, now: datetime, place: int, company: uuid.UUID) -> dict[str, Any]:
    tier, rules = dice.choice([*TIERS.values()]), dice.choice(RULES)
    specialty = dice.choice(["medicine.cardiology", "law", "software.python", *SPECIALTIES])
    key = rules_key(read_rules(rules), specialty=specialty, level="C1", company_id=company)
    return {
        "id": ids.new_id(),
        "created_at": now,
        "company_id": company,
        "slug": f"job-{place}",
        "title": f"Job {place}",
        "summary": "Rank answers.",
        "description": "",
        "task_type": "response_ranking",
        "specialty": specialty,
        "tier": tier.slug,
        "tier_rank": tier.rank,
        "language": dice.choice(["en", "en", "de"]),
        "language_level": "C1",
        "excluded_countries": dice.choice(["", "", "DE"]),
        "rules": rules,
        "rules_key": key,
        "minutes": 6,
        "hourly_minor": tier.low_minor,
        "price_minor": 200,
        "fee_minor": 40,
        "review_fee_minor": 40,
        "currency": "usd",
        "overlap": 1,
        "auto_approve_hours": 72,
        "options": {},
        "content_classes": "",
        "content_note": "",
        "state": ProjectState.OPEN,
        "state_reason": "",
        "opened_at": now - timedelta(minutes=place),
    }


def _budget(project: uuid.UUID, now: datetime) -> dict[str, Any]:
    return {
        "kind": Kind.PROJECT_BUDGET,
        "owner_id": project,
        "currency": "usd",
        "normal_side": Side.CREDIT,
        "allow_negative": False,
        "hot": False,
        "debits_minor": 0,
        "credits_minor": 100_000,
        "created_at": now,
    }


def _answers(project: uuid.UUID, now: datetime, place: int) -> dict[str, Any]:
    """Some jobs want more than their money covers, some less, a few nothing."""
    free = place * 37 % 700
    return {
        "id": ids.new_id(),
        "created_at": now,
        "project_id": project,
        "free_count": free,
        "staged_count": 0,
    }


def _fill(connection: sa.Connection, model: type[Base], rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(sa.insert(model.__table__), rows)
