"""Statements that are built once: the same answers at every moment, for everybody, however often asked."""

from datetime import timedelta

from sqlalchemy.orm import Session

from marketplace.experts.models import CredentialKind, Expert
from marketplace.kit import clock
from marketplace.matching import service
from marketplace.matching.queries import eligible
from tests.factories.companies import make_company, make_member
from tests.factories.experts import make_credential, make_expert
from tests.factories.projects import make_plan, make_project

RULES = {"all": [{"fact": "country", "op": "eq", "value": "US"}]}


def test_a_kept_statement_is_told_each_time_who_asks_and_what_day_it_is(session: Session) -> None:
    project = make_project(session, tier="licensed", specialty="medicine")
    other = make_project(session, tier="licensed", specialty="medicine", rules=RULES)
    fits = make_expert(session, tier="licensed", country="DE")
    lapses, none = make_expert(session), make_expert(session)
    make_credential(session, lapses, kind=CredentialKind.LICENCE, ends_in_days=0)
    jobs = [(project, 0), (other, 0)]

    def may(expert: Expert) -> list[bool]:
        ticks = service.fits(session, expert.user, expert, jobs)
        return [ticks[job.id].eligible for job, _ in jobs]

    assert [may(one) for one in (fits, lapses, none)] == [[True, False], [True, True], [False, False]]
    with clock.shifted(timedelta(days=1)):
        assert [may(one) for one in (fits, lapses, none)] == [[True, False], [False, False], [False, False]]


def test_a_kept_count_speaks_of_the_company_that_asks(session: Session) -> None:
    expert, mine, theirs = make_expert(session), make_company(session), make_company(session)
    make_member(session, mine, user=expert.user)
    plan = make_plan(tier="general", specialty="general")
    counts = [service.who_fits(session, plan, company.id).fit for company in (mine, theirs, mine)]
    assert counts[1] == counts[0] + 1
    assert counts[2] == counts[0]


def test_rules_of_the_same_shape_are_built_once(session: Session) -> None:
    company, plan = make_company(session), make_plan(rules=RULES)
    service.who_fits(session, plan, company.id)
    before = eligible._crowd_of.cache_info()
    service.who_fits(session, make_plan(rules=RULES, title="Another name"), make_company(session).id)
    after = eligible._crowd_of.cache_info()
    assert (after.misses, after.hits) == (before.misses, before.hits + 1)
