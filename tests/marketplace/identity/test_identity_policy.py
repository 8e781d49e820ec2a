"""What is allowed about passwords, counters and roles."""

import pytest

from marketplace.identity import policy
from marketplace.identity.models import Role, User
from marketplace.kit import ids

EMAIL, NAME = "grace.hopper@example.org", "Grace Hopper"


def problem(password: str) -> str | None:
    return policy.password_problem(password, email=EMAIL, name=NAME)


@pytest.mark.parametrize(
    "password",
    [
        "six unrelated words make it",
        "lantern-orbit-7",
        "zażółć gęślą jaźń",
        "  leading spaces",
        "x7$Lq!vP2@wN",
        "wombat telescope",
        "ünïcödé wörds",
        "k" + "orchid velvet" * 9,
    ],
)
def test_unrelated_words_and_any_character_pass(password: str) -> None:
    assert problem(password) is None


@pytest.mark.parametrize("length", [0, 1, 11])
def test_short_is_refused(length: int) -> None:
    assert "at least 12" in (problem("qxvjzkwpbtgm"[:length]) or "")


def test_the_limits_are_inclusive() -> None:
    assert problem("qxvjzkwpbtgm") is None
    long = ("orchid velvet lantern %d " * 20)[:128]
    assert problem(long) is None
    assert "at most 128" in (problem(long + "x") or "")


@pytest.mark.parametrize(
    "password",
    [
        "Password1234",
        "P@ssw0rd1234!",
        "qwertyuiop12",
        "1234567890123",
        "abcdefghijkl",
        "ABCDEFGHIJKL",
        "zyxwvutsrqpo",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "!!welcome!!!!",
        "iloveyouforever",
        "Football2026!",
        "assay1234567",
        "correcthorsebatterystaple",
    ],
)
def test_what_others_try_first_is_refused(password: str) -> None:
    assert "easy to guess" in (problem(password) or "")


@pytest.mark.parametrize(
    "password",
    ["grace.hopper@example.org", "Grace.Hopper", "gracehopper12", "Grace Hopper 1", "GRACE HOPPER!"],
)
def test_name_and_address_are_refused(password: str) -> None:
    assert "name or e-mail" in (problem(password.ljust(12, "7")) or "")


def test_a_short_name_forbids_nothing() -> None:
    assert policy.password_problem("jo writes letters", email="jo@example.org", name="Jo") is None


def test_counters_hide_what_they_count_and_never_meet() -> None:
    counters = {
        policy.email_counter("ada@example.org"),
        policy.email_counter("192.0.2.1"),
        policy.address_counter("192.0.2.1"),
        policy.address_counter("192.0.2.2"),
    }
    assert len(counters) == 4
    assert not any("ada" in counter or "192" in counter for counter in counters)


def test_an_ipv6_household_is_one_address() -> None:
    one, other = "2001:db8:1:2::1", "2001:db8:1:2:ffff::9"
    assert policy.address_counter(one) == policy.address_counter(other)
    assert policy.address_counter(one) != policy.address_counter("2001:db8:1:3::1")
    assert policy.address_counter("") == policy.address_counter("")


def test_a_browser_acts_as_its_choice_only_while_the_role_is_held() -> None:
    assert policy.acting({"expert", "admin"}, Role.ADMIN) == "admin"
    assert policy.acting({"expert"}, Role.ADMIN) == "expert"
    assert policy.acting({"finance", "member"}, None) == "member"
    assert policy.acting(set(), Role.ADMIN) is None


def test_an_admin_keeps_their_own_admin_role() -> None:
    admin = User(id=ids.new_id(), email="a@example.org", name="A", password_hash="x")
    other = User(id=ids.new_id(), email="b@example.org", name="B", password_hash="x")
    assert not policy.may_revoke(admin, admin, Role.ADMIN)
    assert policy.may_revoke(admin, admin, Role.OPS)
    assert policy.may_revoke(admin, other, Role.ADMIN)
    assert policy.may_revoke(None, admin, Role.ADMIN)


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537 Chrome/142 Mobile Safari/537", "Chrome on Android"),
        ("", "A browser on an unknown system"),
    ],
)
def test_a_device_has_a_name_a_person_knows(agent: str, said: str) -> None:
    assert policy.device(agent) == said
