"""When the terms have a new version, whoever works here signs it before the next task."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.terms import TERMS_VERSION
from marketplace.applications import policy, service
from marketplace.applications.errors import GuidelineChanged
from marketplace.applications.models import Engagement, EngagementState
from marketplace.audit.models import AuditRecord
from marketplace.kit import ids
from marketplace.kit.errors import Conflict
from tests.factories.applications import make_engagement
from tests.factories.experts import make_expert
from tests.factories.queue import make_tasks
from tests.pages import Pages

OLD = "2019-01"


@pytest.fixture
def old(session: Session) -> Engagement:
    engagement = make_engagement(session)
    engagement.terms_version = OLD
    session.flush()
    return engagement


def signed(engagement: Engagement, **changes: str) -> dict[str, str]:
    return {
        "version_id": str(engagement.acknowledged_id),
        "read_guideline": "y",
        "agree_terms": "y",
        "signature": "Ada Signs Again",
        **changes,
    }


def sign(session: Session, engagement: Engagement) -> None:
    service.sign_again(
        session,
        engagement,
        expert=engagement.expert,
        version_id=engagement.acknowledged_id,
        signature="Ada Signs Again",
    )


def test_signing_again_is_written_down_once(session: Session, old: Engagement) -> None:
    before = old.signed_at
    assert not policy.has_signed(old)
    assert not policy.may_begin(old, old.acknowledged)
    for _ in range(2):
        sign(session, old)
    session.flush()
    assert policy.may_begin(old, old.acknowledged)
    assert (old.terms_version, old.signed_name) == (TERMS_VERSION, "Ada Signs Again")
    assert old.signed_at >= before
    (written,) = session.scalars(select(AuditRecord).where(AuditRecord.tag == "expert:engagement:sign"))
    assert written.detail == {"terms": TERMS_VERSION, "before": OLD}


def test_nobody_signs_for_a_guideline_that_changed_or_a_job_they_left(
    session: Session, old: Engagement
) -> None:
    with pytest.raises(GuidelineChanged):
        service.sign_again(session, old, expert=old.expert, version_id=ids.new_id(), signature="Ada")
    old.state = EngagementState.SUSPENDED
    with pytest.raises(Conflict):
        sign(session, old)
    assert old.terms_version == OLD


def test_the_job_leads_to_the_terms_and_back(session: Session, pages: Pages, old: Engagement) -> None:
    slug, data = old.project.slug, signed(old)
    make_tasks(session, old.project, 1)
    pages.enter(old.expert.user)
    page = pages.get("jobs.job", slug=slug)
    assert "Read and sign the new terms" in page.text
    assert "Start a task" not in page.text
    assert f"Terms, version {TERMS_VERSION}" in pages.get("jobs.terms", slug=slug).text
    assert pages.post("jobs.sign", data, slug=slug).location == f"/jobs/{slug}"
    page = pages.get("jobs.job", slug=slug)
    assert "Start a task" in page.text
    assert "new terms" not in page.text
    assert pages.get("jobs.terms", slug=slug).location == f"/jobs/{slug}"
    assert pages.post("jobs.sign", data, slug=slug).location == f"/jobs/{slug}"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"signature": ""}, "Enter your full name."),
        ({"agree_terms": ""}, "Tick this to agree to the terms."),
        ({"read_guideline": ""}, "Tick this once you have read the guideline."),
        ({"version_id": str(ids.new_id())}, "The guideline changed while you read."),
        ({"version_id": "x"}, ""),
    ],
)
def test_the_form_is_checked_field_by_field(
    pages: Pages, old: Engagement, changes: dict[str, str], message: str
) -> None:
    slug, data = old.project.slug, signed(old, **changes)
    pages.enter(old.expert.user)
    answer = pages.post("jobs.sign", data, slug=slug)
    assert answer.status == 422
    assert message in answer.errors()


def test_who_has_not_joined_signs_nothing(session: Session, pages: Pages, old: Engagement) -> None:
    slug, data = old.project.slug, signed(old)
    assert "/login" in pages.get("jobs.terms", slug=slug).location
    pages.enter(make_expert(session).user)
    assert pages.get("jobs.terms", slug=slug).status == 404
    assert pages.post("jobs.sign", data, slug=slug).status == 404
    assert pages.get("jobs.terms", slug="no-such-job").status == 404
