"""What a job's tick list advises: the proof that reaches the job's tier, and what is being checked already."""

import pytest
from sqlalchemy.orm import Session

from marketplace.experts.models import CredentialKind, CredentialState
from marketplace.matching import service
from marketplace.matching.policy import RuleResult
from tests.factories.experts import make_credential, make_expert
from tests.factories.projects import make_project

K, C = CredentialKind, CredentialState
MET = "When it is verified, this is met."


def rules(session: Session, expert: object, **plan: object) -> dict[str, RuleResult]:
    project = make_project(session, specialty="law.contracts", **plan)
    found = service.eligibility(session, expert.user, expert, project)
    return {rule.rule: rule for rule in found.rules}


@pytest.mark.parametrize(
    ("tier", "held", "advice", "kind"),
    [
        ("skilled", (), "Add a certificate or proof of employment in Contract law", ""),
        ("specialist", (), "Add a degree in Contract law", "kind=degree&"),
        ("specialist", (K.CERTIFICATE,), "Add a degree in Contract law", "kind=degree&"),
        ("professional", (), "Add a degree and proof of employment in Contract law", ""),
        ("professional", (K.DEGREE,), "Add proof of employment in Contract law", "kind=employment&"),
        ("professional", (K.EMPLOYMENT,), "Add a degree in Contract law", "kind=degree&"),
        ("licensed", (), "Add a licence in Contract law", "kind=licence&"),
        ("licensed", (K.DEGREE, K.EMPLOYMENT), "Add a licence in Contract law", "kind=licence&"),
        ("board_certified", (), "Add a board certification in Contract law", "kind=board_certification&"),
        (
            "board_certified",
            (K.LICENCE,),
            "Add a board certification in Contract law",
            "kind=board_certification&",
        ),
    ],
)
def test_the_advice_reaches_the_tier_of_the_job(
    session: Session, tier: str, held: tuple[CredentialKind, ...], advice: str, kind: str
) -> None:
    expert = make_expert(session)
    for one in held:
        make_credential(session, expert, kind=one, specialty="law")
    found = rules(session, expert, tier=tier)
    asked = [found["tier"]] + ([] if held else [found["credential"]])
    for rule in asked:
        assert not rule.passed
        assert rule.fix is not None
        assert (rule.fix.text, rule.fix.href) == (
            advice,
            f"/profile/credentials/new?{kind}specialty=law.contracts",
        )


@pytest.mark.parametrize("state", [C.SUBMITTED, C.IN_REVIEW])
@pytest.mark.parametrize(
    "case",
    [
        ("licensed", (K.LICENCE,), "law", (True, True)),
        ("licensed", (K.DEGREE,), "law", (True, False)),
        ("professional", (K.DEGREE, K.EMPLOYMENT), "law.contracts", (True, True)),
        ("licensed", (K.LICENCE,), "medicine", (False, False)),
    ],
)
def test_what_is_being_checked_is_said_and_asked_for_no_second_time(
    session: Session,
    state: CredentialState,
    case: tuple[str, tuple[CredentialKind, ...], str, tuple[bool, bool]],
) -> None:
    tier, kinds, specialty, met = case
    expert = make_expert(session)
    sent = [make_credential(session, expert, kind=one, specialty=specialty, state=state) for one in kinds]
    found = rules(session, expert, tier=tier)
    for name, would in zip(("credential", "tier"), met, strict=True):
        rule = found[name]
        assert not rule.passed
        assert (MET in rule.reason) is would, rule.reason
        assert rule.fix is not None
        if would:
            assert f"Being checked: “{sent[0].title}”" in rule.reason
            assert rule.fix.href == f"/profile/credentials/{sent[0].id}"
        else:
            assert rule.fix.text == "Add a licence in Contract law"


def test_a_companys_own_rule_counts_what_is_being_checked_too(session: Session) -> None:
    expert = make_expert(session)
    asked = {"all": [{"fact": "credential", "op": "in", "value": ["licence"]}]}
    assert MET not in rules(session, expert, rules=asked)["company"].reason
    make_credential(session, expert, kind=K.LICENCE, specialty="law", state=C.IN_REVIEW)
    assert MET in rules(session, expert, rules=asked)["company"].reason


@pytest.mark.parametrize("state", [C.UNVERIFIED, C.REJECTED, C.REVOKED, C.EXPIRED])
def test_what_nobody_checks_is_no_promise(session: Session, state: CredentialState) -> None:
    expert = make_expert(session)
    make_credential(session, expert, kind=K.LICENCE, specialty="law", state=state)
    found = rules(session, expert, tier="licensed")
    assert MET not in found["credential"].reason + found["tier"].reason
