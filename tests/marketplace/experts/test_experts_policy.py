"""Tiers and their reasons, states by the clock, files by their bytes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from config.fields import TIERS
from config.policy import PEOPLE
from marketplace.experts import policy
from marketplace.experts.models import (
    Credential,
    CredentialKind,
    CredentialState,
    EvidenceFile,
    EvidenceState,
    Expert,
    Verification,
)
from marketplace.identity.models import User
from marketplace.kit import ids

K, C = CredentialKind, CredentialState
TODAY = date(2026, 3, 1)
PDF = b"%PDF-1.7\n"


def person() -> User:
    return User(email="ada@example.org", name="Ada", password_hash="!")


def held(kind: K, specialty: str = "medicine", state: C = C.VERIFIED, ends: date | None = None) -> Credential:
    credential = Credential(
        expert=Expert(user=person()),
        kind=kind,
        specialty=specialty,
        title=f"My {kind.value}",
        issuer="University",
        country="NG",
        issued_on=date(2015, 1, 1),
        expires_on=ends,
    )
    credential.state = state
    return credential


@pytest.mark.parametrize(
    ("kinds", "tier"),
    [
        ([], "general"),
        ([K.PUBLICATION], "general"),
        ([K.CERTIFICATE], "skilled"),
        ([K.EMPLOYMENT], "skilled"),
        ([K.DEGREE], "specialist"),
        ([K.DEGREE, K.CERTIFICATE], "specialist"),
        ([K.DEGREE, K.EMPLOYMENT], "professional"),
        ([K.LICENCE], "licensed"),
        ([K.LICENCE, K.DEGREE, K.EMPLOYMENT], "licensed"),
        ([K.BOARD_CERTIFICATION], "board_certified"),
        (list(K), "board_certified"),
    ],
)
def test_what_each_proof_gives(kinds: list[K], tier: str) -> None:
    assert policy.tier([held(kind) for kind in kinds], "medicine").tier is TIERS[tier]


def test_a_field_covers_what_lies_under_it_and_nothing_beside_or_above() -> None:
    wide, narrow = [held(K.DEGREE, "medicine")], [held(K.DEGREE, "medicine.cardiology")]
    assert policy.tier(wide, "medicine.cardiology").tier.slug == "specialist"
    assert policy.tier(narrow, "medicine.cardiology").tier.slug == "specialist"
    assert policy.tier(narrow, "medicine").tier.slug == "general"
    assert policy.tier(narrow, "medicine.pharmacy").tier.slug == "general"
    assert policy.tier(wide, "law").tier.slug == "general"


def test_degree_and_employment_must_be_in_the_same_field() -> None:
    assert policy.tier([held(K.DEGREE), held(K.EMPLOYMENT, "law")], "medicine").tier.slug == "specialist"


def test_the_reason_names_the_credentials_that_give_the_tier() -> None:
    alone = policy.tier([held(K.DEGREE)], "medicine")
    both = policy.tier([held(K.DEGREE), held(K.EMPLOYMENT)], "medicine.cardiology")
    assert alone.why == "“My degree” is verified."
    assert both.why == "“My degree” and “My employment” are verified."
    assert "No verified credential of yours covers Law yet." in policy.tier([held(K.DEGREE)], "law").why


def test_the_next_step_is_the_nearest_one_and_names_its_pay() -> None:
    assert policy.tier([], "law").next == (
        "Add a certificate or proof of employment in Law: it raises you to Skilled, $35.00 an hour."
    )
    assert "proof of employment in Medicine" in (policy.tier([held(K.DEGREE)], "medicine").next or "")
    assert "a degree" in (policy.tier([held(K.EMPLOYMENT)], "medicine").next or "")
    assert policy.tier([held(K.BOARD_CERTIFICATION)], "medicine").next is None


def test_fields_put_the_best_tier_first_and_add_those_of_credentials() -> None:
    found = policy.fields([held(K.LICENCE, "medicine")], {"law": 3})
    assert [(field.slug, field.years, field.standing.tier.slug) for field in found] == [
        ("medicine", 0, "licensed"),
        ("law", 3, "general"),
    ]
    assert policy.best(found).slug == "licensed"
    assert policy.best([]).slug == "general"


def test_unlocks_name_each_kind_once_nearest_first() -> None:
    steps = policy.unlocks([held(K.DEGREE)], ["medicine", "medicine.cardiology"])
    assert [step.kind for step in steps] == [K.EMPLOYMENT, K.LICENCE, K.BOARD_CERTIFICATION]
    assert [step.tier.slug for step in steps] == ["professional", "licensed", "board_certified"]
    assert len(policy.unlocks([], ["law", "medicine"], at_most=2)) == 2


def test_a_licence_is_named_only_where_there_are_some() -> None:
    kinds = {step.kind for step in policy.unlocks([], ["software.python", "science.chemistry"])}
    assert kinds == {K.DEGREE, K.CERTIFICATE, K.EMPLOYMENT}
    mixed = policy.unlocks([], ["software.python", "medicine.cardiology"])
    assert {step.specialty for step in mixed if step.kind is K.LICENCE} == {"medicine.cardiology"}


def test_an_unlock_names_the_field_where_it_leads_highest() -> None:
    steps = policy.unlocks([held(K.DEGREE)], ["law", "medicine"])
    found = {step.kind: (step.specialty, step.tier.slug) for step in steps}
    assert found[K.EMPLOYMENT] == ("medicine", "professional")
    assert found[K.DEGREE] == ("law", "specialist")
    assert found[K.LICENCE] == ("law", "licensed")
    assert policy.unlocks([held(K.BOARD_CERTIFICATION)], ["medicine"]) == []


@pytest.mark.parametrize(
    ("state", "ends_in", "shown", "counts"),
    [
        (C.VERIFIED, None, C.VERIFIED, True),
        (C.VERIFIED, 61, C.VERIFIED, True),
        (C.VERIFIED, 60, C.EXPIRING, True),
        (C.EXPIRING, 0, C.EXPIRING, True),
        (C.VERIFIED, -1, C.EXPIRED, False),
        (C.EXPIRING, -1, C.EXPIRED, False),
        (C.EXPIRED, -1, C.EXPIRED, False),
        (C.UNVERIFIED, -1, C.UNVERIFIED, False),
        (C.SUBMITTED, None, C.SUBMITTED, False),
        (C.IN_REVIEW, None, C.IN_REVIEW, False),
        (C.REJECTED, None, C.REJECTED, False),
        (C.REVOKED, None, C.REVOKED, False),
    ],
)
def test_a_state_is_judged_by_the_clock(state: C, ends_in: int | None, shown: C, counts: bool) -> None:
    ends = None if ends_in is None else TODAY + timedelta(days=ends_in)
    credential = held(K.LICENCE, state=state, ends=ends)
    assert policy.state_on(credential, TODAY) is shown
    assert policy.counts(credential, TODAY) is counts


@pytest.mark.parametrize(
    ("ends_in", "reminded", "due"),
    [
        (None, None, None),
        (61, None, None),
        (60, None, 60),
        (59, 60, None),
        (30, 60, 30),
        (29, 30, None),
        (7, 30, 7),
        (5, None, 7),
        (0, 7, None),
    ],
)
def test_reminders(ends_in: int | None, reminded: int | None, due: int | None) -> None:
    ends = None if ends_in is None else TODAY + timedelta(days=ends_in)
    credential = held(K.LICENCE, ends=ends)
    credential.reminded_days = reminded
    assert policy.reminder(credential, TODAY) == due


def test_reminders_in_config_run_from_long_to_short() -> None:
    assert PEOPLE.credential_reminder_days == sorted(PEOPLE.credential_reminder_days, reverse=True)


@pytest.mark.parametrize("state", list(C))
def test_what_an_expert_may_do_with_each_state(state: C) -> None:
    credential = held(K.DEGREE, state=state)
    assert policy.may_edit(credential, TODAY) is (state in {C.UNVERIFIED, C.REJECTED, C.EXPIRED})
    assert policy.may_delete(credential, TODAY) is (
        state in {C.UNVERIFIED, C.REJECTED, C.EXPIRED, C.SUBMITTED}
    )


def test_what_is_missing_before_it_can_be_sent() -> None:
    credential = held(K.DEGREE, state=C.UNVERIFIED)
    file = EvidenceFile(
        credential=credential, storage_key="0" * 32, name="a.pdf", media_type="", byte_count=1, sha256=""
    )
    assert "Add a file" in (policy.missing(credential, [], TODAY) or "")
    assert "still reading" in (policy.missing(credential, [file], TODAY) or "")
    file.move(EvidenceState.CLEAN)
    assert policy.missing(credential, [file], TODAY) is None
    credential.expires_on = TODAY - timedelta(days=1)
    assert "last day has passed" in (policy.missing(credential, [file], TODAY) or "")


def test_two_people_check_licences_and_board_certifications_only() -> None:
    assert {kind for kind in K if policy.checks_needed(kind) == 2} == {K.LICENCE, K.BOARD_CERTIFICATION}


def test_a_round_begins_when_the_expert_sends_it() -> None:
    sent = datetime(2026, 2, 1, tzinfo=UTC)
    credential = held(K.LICENCE, state=C.SUBMITTED)
    credential.submitted_at = sent
    by = person()
    by.id = ids.new_id()
    checks = [
        Verification(credential=credential, by=by, accepted=True, method="register", at=sent + shift)
        for shift in (timedelta(days=-1), timedelta(0), timedelta(days=1))
    ]
    for check in checks:
        check.by_id = by.id
    assert policy.this_round(credential, checks) == checks[1:]
    assert policy.has_checked(checks[1:], by.id)
    assert not policy.has_checked(checks[1:], ids.new_id())
    credential.submitted_at = None
    assert policy.this_round(credential, checks) == []


def test_a_language_counts_from_its_level_up() -> None:
    expert = Expert(user=person(), languages={"en": "B2", "es": "native", "fr": "nonsense"})
    assert policy.speaks(expert, "en", "B2")
    assert policy.speaks(expert, "es", "C2")
    assert not policy.speaks(expert, "en", "C1")
    assert not policy.speaks(expert, "fr", "A1")
    assert not policy.speaks(expert, "de", "A1")


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (PDF, "diploma.pdf", "application/pdf"),
        (PDF, "DIPLOMA.PDF", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n...", "scan.png", "image/png"),
        (b"\xff\xd8\xff\xe0...", "scan.jpg", "image/jpeg"),
        (b"\xff\xd8\xff\xe0...", "scan.jpeg", "image/jpeg"),
        (PDF, "diploma.png", None),
        (PDF, "diploma", None),
        (PDF, "diploma.pdf.exe", None),
        (b" %PDF-1.7", "diploma.pdf", None),
        (b"<html>%PDF-", "diploma.pdf", None),
        (b"MZ\x90\x00", "diploma.pdf", None),
        (b"GIF89a", "scan.gif", None),
        (b"", "diploma.pdf", None),
    ],
)
def test_a_file_is_judged_by_its_first_bytes_and_its_name(data: bytes, name: str, kind: str | None) -> None:
    assert policy.evidence_type(data, name) == kind


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("diploma.pdf", "diploma.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\papers\\my diploma.pdf", "my diploma.pdf"),
        ("a\0b\nc.pdf", "abc.pdf"),
        ("gnp\u202efdp.pdf", "gnpfdp.pdf"),
        ('he said "hi" <b>.pdf', "he said hi b .pdf"),
        ("...", "file"),
        ("", "file"),
        ("/", "file"),
    ],
)
def test_a_name_is_cleaned_for_showing(name: str, shown: str) -> None:
    assert policy.display_name(name) == shown


def test_a_long_name_keeps_its_ending() -> None:
    shown = policy.display_name("x" * 300 + ".pdf")
    assert len(shown) == 120
    assert shown.endswith("x.pdf")
    assert len(policy.display_name("y" * 300)) == 120
