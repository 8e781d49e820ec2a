"""One engine: the statements and the words never disagree, whoever asks about whichever job."""

import random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.experts.models import Expert
from marketplace.kit import clock
from marketplace.matching import queries, service
from marketplace.matching.policy import Known
from marketplace.matching.service import HOUSE, judging
from marketplace.projects.models import Project
from marketplace.projects.policy import Plan, read_rules
from tests.factories.companies import make_company
from tests.factories.projects import make_plan
from tests.factories.rules import draw_job, draw_person

World = tuple[list[Expert], list[Project]]


@pytest.fixture
def world(session: Session) -> World:
    dice = random.Random(8)
    companies = [make_company(session) for _ in range(2)]
    jobs = [draw_job(session, dice, dice.choice(companies)) for _ in range(16)]
    return [draw_person(session, dice, companies, jobs) for _ in range(16)], jobs


def test_the_statement_and_the_words_of_every_rule_agree(session: Session, world: World) -> None:
    people, jobs = world
    seen: dict[tuple[str, bool], int] = {}
    now = clock.database_now(session)
    trees = {job.rules_key: read_rules(job.rules) for job in jobs if job.rules_key}
    for expert in people:
        person = service.candidate(session, expert.user, expert)
        said = queries.verdicts(
            session,
            expert.id,
            [job.id for job in jobs],
            tuple(rule.sql for rule in HOUSE),
            now=now,
            trees=trees,
        )
        for place, rule in enumerate(HOUSE):
            learned = rule.learn(session, person, jobs)
            for job in jobs:
                words = rule.explain(Known(person, job, now, learned.get(job.id)))
                assert words.passed is said[job.id][place], (rule.name, words, job.rules)
                assert words.reason[-1] == "." or rule.name == "not_blocked"
                seen[rule.name, words.passed] = seen.get((rule.name, words.passed), 0) + 1
    assert {(rule.name, said) for rule in HOUSE for said in (True, False)} <= set(seen), (
        "a rule was never tried"
    )


def test_the_board_shows_exactly_the_jobs_whose_ticks_are_all_green(session: Session, world: World) -> None:
    people, jobs = world
    found = 0
    for expert in people:
        condition = service.eligible_now(session, expert.user, expert)
        shown = set(session.scalars(select(Project.id).where(condition)))
        ticks = service.fits(session, expert.user, expert, [(job, 0) for job in jobs])
        assert shown == {job.id for job in jobs if ticks[job.id].eligible}
        found += len(shown)
    assert found, "nobody may do anything: nothing was tried"


def test_a_company_counts_exactly_the_people_whose_ticks_are_all_green(
    session: Session, world: World
) -> None:
    people, jobs = world
    about_people = {rule.name for rule in judging.PEOPLE}
    found = 0
    pairs = [(job, 0) for job in jobs]
    ticks = [service.fits(session, expert.user, expert, pairs) for expert in people]
    for job in jobs:
        fit = 0
        for one in ticks:
            fit += all(tick.passed for tick in one[job.id].rules if tick.rule in about_people)
        assert service.who_fits(session, plan_of(job), job.company_id).fit == fit
        found += fit
    assert found, "nobody fits anything: nothing was tried"


def plan_of(job: Project) -> Plan:
    return make_plan(
        tier=job.tier,
        specialty=job.specialty,
        language=job.language,
        language_level=job.language_level,
        excluded_countries=tuple(filter(None, job.excluded_countries.split(","))),
        content_classes=job.classes,
        rules=job.rules,
    )
