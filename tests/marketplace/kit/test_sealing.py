"""Sealed texts are read with the same key and purpose, and by nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit.sealing import CannotOpen, Sealer

OLD, NEW = "o" * 32, "n" * 32
KEY = "sk-secret-0123456789"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.text(min_size=1, max_size=20))
def test_what_is_sealed_is_opened_again(text: str, purpose: str) -> None:
    sealer = Sealer(OLD)
    sealed = sealer.seal(purpose, text)
    assert sealer.open(purpose, sealed) == text
    assert len(text) < 4 or text not in sealed


def test_the_same_text_never_looks_the_same() -> None:
    sealer = Sealer(OLD)
    assert sealer.seal("a", KEY) != sealer.seal("a", KEY)


@pytest.mark.parametrize("other", [Sealer(NEW), Sealer("", NEW)])
def test_another_key_does_not_open(other: Sealer) -> None:
    with pytest.raises(CannotOpen):
        other.open("a", Sealer(OLD).seal("a", KEY))


def test_another_purpose_does_not_open() -> None:
    sealer = Sealer(OLD)
    with pytest.raises(CannotOpen) as caught:
        sealer.open("b", sealer.seal("a", KEY))
    assert KEY not in repr(caught.value)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda s: s[:-4],
        lambda s: "A" + s[1:],
        lambda s: "",
        lambda s: "ü",
        lambda s: s[:40] + ("y" if s[40] == "x" else "x") + s[41:],
    ],
)
def test_a_changed_text_does_not_open(spoil: object) -> None:
    sealer = Sealer(OLD)
    with pytest.raises(CannotOpen):
        sealer.open("a", spoil(sealer.seal("a", KEY)))  # type: ignore[operator]


def test_keys_are_changed_in_three_steps() -> None:
    sealed = Sealer("", OLD).seal("a", KEY)
    both = Sealer(OLD, NEW)
    assert both.open("a", sealed) == KEY
    renewed = both.seal("a", both.open("a", sealed))
    assert Sealer("", NEW).open("a", renewed) == KEY
    with pytest.raises(CannotOpen):
        Sealer("", NEW).open("a", sealed)


def test_printing_it_tells_no_key() -> None:
    assert OLD not in repr(Sealer(OLD, NEW))
