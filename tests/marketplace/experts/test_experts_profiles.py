"""A profile begins once, says what it is told, and names fields."""

import threading

import pytest
from sqlalchemy.orm import Session

from marketplace.experts import policy, queries, service
from marketplace.experts.models import CredentialKind, CredentialState
from marketplace.identity import service as identity
from marketplace.identity.models import Role, User
from marketplace.kit import ids
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Invalid
from tests.factories.experts import make_credential, make_expert
from tests.factories.identity import PASSWORD, make_user


def test_a_profile_begins_once(session: Session) -> None:
    user = make_user(session, roles=[Role.EXPERT])
    assert queries.for_user(session, user.id) is None
    first = service.become_expert(session, user)
    assert service.become_expert(session, user) is first
    assert first.user is user
    assert first.languages == {}


@pytest.mark.parametrize(("role", "begun"), [(Role.EXPERT, True), (Role.MEMBER, False), (None, False)])
def test_joining_as_an_expert_begins_the_profile(session: Session, role: Role | None, begun: bool) -> None:
    user = identity.register(
        session,
        name="Ada Okafor",
        email=f"{ids.new_id().hex}@example.org",
        password=PASSWORD,
        role=role,
        form_key=ids.new_id(),
    )
    assert (queries.for_user(session, user.id) is not None) is begun


def test_being_given_the_role_begins_the_profile(session: Session) -> None:
    user = make_user(session)
    identity.grant(session, user, Role.REVIEWER, by=None)
    assert queries.for_user(session, user.id) is None
    identity.grant(session, user, Role.EXPERT, by=None)
    assert queries.for_user(session, user.id) is not None


def test_what_is_said_is_kept(session: Session) -> None:
    expert = make_expert(session)
    service.save_profile(
        session, expert, headline="Nurse", biography="Ten years.", country="ng", languages={"yo": "C1"}
    )
    session.flush()
    session.expire_all()
    again = queries.for_user(session, expert.user_id)
    assert again is not None
    assert (again.headline, again.biography, again.country) == ("Nurse", "Ten years.", "NG")
    assert again.languages == {"yo": "C1"}


def test_a_level_nobody_knows_is_refused(session: Session) -> None:
    expert = make_expert(session)
    with pytest.raises(Invalid, match="D9"):
        service.save_profile(session, expert, headline="", biography="", country="", languages={"en": "D9"})


def test_fields_become_exactly_the_named_ones(session: Session) -> None:
    expert = make_expert(session)
    service.set_specialties(session, expert, years={"law": 3, "medicine": 1})
    session.flush()
    service.set_specialties(session, expert, years={"medicine": 9, "software.python": 0})
    session.flush()
    known = {row.specialty: row.years for row in queries.specialties_of(session, expert.id)}
    assert known == {"medicine": 9, "software.python": 0}
    with pytest.raises(Invalid, match="astrology"):
        service.set_specialties(session, expert, years={"astrology": 1})


def test_somebody_elses_fields_stay(session: Session) -> None:
    other, expert = make_expert(session), make_expert(session)
    service.set_specialties(session, other, years={"law": 3})
    service.set_specialties(session, expert, years={})
    session.flush()
    assert [row.specialty for row in queries.specialties_of(session, other.id)] == ["law"]


@pytest.mark.parametrize(
    "tier", ["general", "skilled", "specialist", "professional", "licensed", "board_certified"]
)
def test_the_factory_gives_each_tier(session: Session, tier: str) -> None:
    expert = make_expert(session, tier=tier, specialty="law")
    assert service.standing(session, expert.id, "law.tax").tier.slug == tier
    assert service.standing(session, expert.id, "medicine").tier.slug == "general"


@pytest.mark.parametrize("state", [state for state in CredentialState if state not in policy.COUNTING])
def test_only_verified_credentials_count(session: Session, state: CredentialState) -> None:
    expert = make_expert(session)
    make_credential(session, expert, kind=CredentialKind.LICENCE, state=state)
    assert service.standing(session, expert.id, "medicine").tier.slug == "general"


def test_an_ended_credential_counts_for_nothing_before_the_sweep(session: Session) -> None:
    expert = make_expert(session)
    make_credential(session, expert, kind=CredentialKind.LICENCE, ends_in_days=0)
    assert service.standing(session, expert.id, "medicine").tier.slug == "licensed"
    make_credential(session, expert, kind=CredentialKind.BOARD_CERTIFICATION, ends_in_days=-1)
    assert service.standing(session, expert.id, "medicine").tier.slug == "licensed"


def test_many_first_visits_at_once_begin_one_profile(clean: Sessions) -> None:
    with transaction(clean) as session:
        user_id = make_user(session, roles=[Role.EXPERT]).id
    begun: list[object] = []

    def visit() -> None:
        with transaction(clean) as session:
            user = session.get_one(User, user_id)
            begun.append(service.become_expert(session, user).id)

    threads = [threading.Thread(target=visit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == 4
    assert len(set(begun)) == 1
