"""Numbers of credentials: judged by their own rules, sealed, recognised when somebody else claims the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from marketplace.experts import policy, service
from marketplace.experts.models import Credential, CredentialKind, CredentialState
from marketplace.experts.service.numbers import NumberLost
from marketplace.kit.sealing import Sealer
from tests.factories.experts import make_credential, make_expert
from tests.factories.identity import make_user

K, C = CredentialKind, CredentialState
SEALER = Sealer("k" * 32)


@pytest.mark.parametrize(
    ("scheme", "number"),
    [
        ("npi", "1234567893"),
        ("npi", " 1234-567-893 "),
        ("orcid", "0000-0002-1825-0097"),
        ("orcid", "https://orcid.org/0000-0002-1694-233X"),
        ("orcid", "000000021694233x"),
        ("isbn", "978-3-16-148410-0"),
        ("isbn", "0-306-40615-2"),
        ("isbn", "0-8044-2957-X"),
        ("doi", "10.1000/182"),
        ("doi", "https://doi.org/10.1038/nphys1170"),
        ("", "MD-4711/22 B"),
    ],
)
def test_a_number_that_keeps_its_rules_passes(scheme: str, number: str) -> None:
    assert policy.number_problem(scheme, number) is None


@given(st.integers(0, 9), st.text("0123456789", min_size=9, max_size=9), st.integers(1, 9))
def test_one_wrong_digit_of_an_npi_is_noticed(place: int, tail: str, shift: int) -> None:
    digits = "1" + tail[:8]
    good = next(
        f"{digits}{last}" for last in range(10) if policy.number_problem("npi", f"{digits}{last}") is None
    )
    wrong = good[:place] + str((int(good[place]) + shift) % 10) + good[place + 1 :]
    assert policy.number_problem("npi", wrong) is not None


@given(st.integers(0, 14), st.text("0123456789", min_size=15, max_size=15), st.integers(1, 9))
def test_one_wrong_digit_of_an_orcid_is_noticed(place: int, digits: str, shift: int) -> None:
    good = next(
        digits + last for last in "0123456789X" if policy.number_problem("orcid", digits + last) is None
    )
    wrong = good[:place] + str((int(good[place]) + shift) % 10) + good[place + 1 :]
    assert "check digit" in (policy.number_problem("orcid", wrong) or "")


@given(st.sampled_from(list(policy.SCHEMES)), st.text(max_size=80))
def test_no_text_breaks_the_rules(scheme: str, text: str) -> None:
    problem = policy.number_problem(scheme, text)
    assert problem is None or problem.endswith(".")
    assert policy.normal(scheme, policy.normal(scheme, text)) == policy.normal(scheme, text)


@pytest.mark.parametrize(
    ("number", "tail"), [("1234567893", "893"), ("MD 47 11 22", "122"), ("471122", "2"), ("1", "1")]
)
def test_the_end_of_a_number_is_shown_and_not_most_of_it(number: str, tail: str) -> None:
    assert policy.tail("", number) == tail


def kept(session: Session, number: str, sealer: Sealer = SEALER, **columns: object) -> Credential:
    values = {"kind": K.LICENCE, "country": "US", "state": C.SUBMITTED, **columns}
    credential = make_credential(session, make_expert(session), **values)  # type: ignore[arg-type]
    service.keep_number(session, credential, scheme="", number=number, sealer=sealer)
    session.flush()
    return credential


def test_a_number_is_sealed_under_its_own_row(session: Session) -> None:
    one, other = kept(session, "MD-4711-22"), kept(session, "MD-4711-22")
    assert service.number_of(one, SEALER) == "MD471122"
    assert one.number_sealed != other.number_sealed
    other.number_sealed = one.number_sealed
    with pytest.raises(NumberLost):
        service.number_of(other, SEALER)
    with pytest.raises(NumberLost):
        service.number_of(one, Sealer("other" * 8))


def test_the_same_number_of_somebody_else_is_found(session: Session) -> None:
    mine = kept(session, "MD-4711-22")
    theirs = kept(session, "md 4711 22", issuer="Another board")
    for different in ({"country": "CA"}, {"kind": K.DEGREE}, {"state": C.DELETED}):
        kept(session, "MD-4711-22", **different)
    kept(session, "MD-4711-23")
    own = make_credential(session, mine.expert, kind=K.LICENCE, country="US", state=C.SUBMITTED)
    service.keep_number(session, own, scheme="", number="MD471122", sealer=SEALER)
    session.flush()
    assert service.claimed_by_others(session, mine, SEALER) == [theirs]
    assert service.claimed_by_others(session, make_credential(session, make_expert(session)), SEALER) == []


def test_a_changed_country_changes_what_is_claimed(session: Session) -> None:
    mine, theirs = kept(session, "4711-0815"), kept(session, "4711-0815", country="CA")
    assert service.claimed_by_others(session, mine, SEALER) == []
    mine.country = "CA"
    service.redigest(mine, SEALER)
    session.flush()
    assert service.claimed_by_others(session, mine, SEALER) == [theirs]


def test_a_new_secret_still_finds_and_opens_the_old_ones(session: Session) -> None:
    old, both, new = Sealer("o" * 32), Sealer("o" * 32, "n" * 32), Sealer("n" * 32)
    before, after = kept(session, "4711-0815", old), kept(session, "4711-0815", both)
    assert service.claimed_by_others(session, after, both) == [before]
    assert service.reseal_numbers(session, both) == 2
    session.flush()
    assert service.number_of(before, new) == "47110815"
    assert service.claimed_by_others(session, before, new) == [after]


def test_only_whoever_has_it_open_sees_the_number(session: Session) -> None:
    credential, ops = kept(session, "4711-0815"), make_user(session)
    assert not service.may_see_number(credential, ops.id)
    service.open_check(session, credential, by=ops)
    session.flush()
    assert service.may_see_number(credential, ops.id)
    assert not service.may_see_number(credential, make_user(session).id)
