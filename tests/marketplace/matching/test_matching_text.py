"""Full text and spelling on both databases: the traps of both, with documents of our own."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from config.fields import SPECIALTIES
from marketplace.kit import clock
from marketplace.matching import queries
from marketplace.matching.models import DocumentKind
from marketplace.matching.service import ranking, spelling
from tests.factories.texts import make_text

K = DocumentKind.SPECIALTY
SILENT = ["", "   ", "the of and", "?!… — ()", '"', '"""', "*", ":", "''", "\\", "^", "-", "؟", "{}", "_ _"]
HOSTILE = [
    'heart "',
    'heart" OR title:"x',
    "heart*",
    "*heart",
    "title:heart",
    "heart NEAR(valve, 2)",
    "NOT heart",
    "heart AND",
    "(heart",
    "heart:*",
    "heart & | !",
    "heart'); DROP TABLE users; --",
    "heart \\' \\\\",
    "heart <-> valve",
    "-heart +",
    "heart^2",
    "heart\u202e",
    "heart " + "word " * 80,
    ("heart " + "long" * 120)[:400],
]


@pytest.fixture
def library(session: Session) -> None:
    make_text(session, "Heart medicine", "Cardiologist\nHeart specialist", "Valves and rhythm. Pays well.")
    make_text(session, "Bridge building", "Structural engineer", "Steel, loads and the heart of a structure.")
    make_text(session, "Tax returns", "Tax adviser", "Forms and dates.")
    make_text(session, "قلب وطب", "طبيب القلب", "شرايين", language="ar")
    make_text(session, "Die Werkstatt", "Der Mechaniker", "Und so weiter.", language="de")


def found(session: Session, words: str, *, prefix: bool = False) -> list[str]:
    scores = queries.full_text(session, K, [words], prefix=prefix)[0]
    names = queries.keys(session, list(scores))
    return [names[one] for one in sorted(scores, key=lambda one: -scores[one])]


@pytest.mark.parametrize("words", SILENT)
@pytest.mark.usefixtures("library")
def test_words_that_say_nothing_find_nothing_and_fail_nowhere(session: Session, words: str) -> None:
    assert found(session, words) == found(session, words, prefix=True) == []
    assert ranking.specialties(session, words) == []
    assert ranking.search(session, words, within=None).rows == []


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.usefixtures("library")
def test_signs_of_the_query_language_are_letters_or_nothing(session: Session, words: str) -> None:
    for prefix in (False, True):
        assert found(session, words, prefix=prefix)[0] == "Heart medicine"
    assert ranking.specialties(session, words)[0] == "Heart medicine"


@pytest.mark.usefixtures("library")
def test_title_weighs_more_than_names_and_names_more_than_text(session: Session) -> None:
    make_text(session, "Whales", "none", "none")
    make_text(session, "Fish", "whales", "none")
    make_text(session, "Sea", "none", "whales")
    assert found(session, "whale") == ["Whales", "Fish", "Sea"]


@pytest.mark.usefixtures("library")
def test_an_unknown_word_empties_nothing_and_a_rare_one_weighs_more(session: Session) -> None:
    assert found(session, "zzyzx cardiologist") == ["Heart medicine"]
    for number in range(6):
        make_text(session, f"Office {number}", "adviser")
    assert found(session, "tax adviser")[0] == "Tax returns"


@pytest.mark.usefixtures("library")
def test_any_language_is_found_by_its_words(session: Session) -> None:
    assert found(session, "طبيب") == ["قلب وطب"]
    assert found(session, "Mechaniker") == ["Die Werkstatt"]
    assert found(session, "Werk") == []
    assert found(session, "Werk", prefix=True) == ["Die Werkstatt"]


@pytest.mark.usefixtures("library")
def test_several_texts_are_asked_at_once(session: Session, statements: Callable[[], int]) -> None:
    statements()
    three = queries.full_text(session, K, ["heart", "the", "tax"])
    assert statements() <= 2
    assert [len(one) for one in three] == [2, 0, 1]
    assert queries.full_text(session, K, []) == []


@pytest.mark.usefixtures("library")
def test_without_a_model_full_text_ranks_alone(session: Session) -> None:
    assert spelling.similar(session, K, ["heart"]) == [{}]
    assert ranking.specialties(session, "heart valves")[0] == "Heart medicine"
    assert ranking.specialties(session, "haert speccialist") == []


@pytest.mark.usefixtures("library")
def test_with_a_model_a_slip_of_the_pen_is_found(session: Session, night: Callable[[], None]) -> None:
    night()
    assert "medicine.cardiology" in ranking.specialties(session, "kardiologist")[:3]
    assert ranking.specialties(session, "echocardiografy")[0] == "medicine.cardiology"
    assert spelling.similar(session, K, ["漢字", "the"])[0] == {}


def test_a_new_text_is_near_at_once_and_an_old_one_no_more(
    session: Session, night: Callable[[], None]
) -> None:
    night()
    assert ranking.specialties(session, "falconry")[:1] != ["Falconry"]
    make_text(session, "Falconry", "Falconer")
    assert ranking.specialties(session, "falconri")[0] == "Falconry"
    queries.put(session, {**_values(session), "title": "Beekeeping", "names": "Apiarist"})
    assert found(session, "falconry") == []
    queries.remove(session, K, "Falconry")
    assert "Falconry" not in ranking.specialties(session, "falconri beekeeping")


def _values(session: Session) -> dict[str, object]:
    return {
        "kind": K,
        "key": "Falconry",
        "text": "",
        "size": 2,
        "language": "en",
        "vector": None,
        "vector_model": 0,
        "text_hash": "0" * 64,
        "changed_at": clock.database_now(session),
    }


def test_the_tree_finds_fields_by_what_people_are_called(session: Session, night: Callable[[], None]) -> None:
    night()
    asked = {
        "heart doctor": "medicine.cardiology",
        "chartered accountant": "finance.accounting",
        "penetration tester": "software.security",
        "GP": "medicine.family",
        "What does an electrician have to test after wiring a building?": "trades.electrician",
    }
    assert {words: ranking.specialties(session, words)[0] for words in asked} == asked
    assert len(ranking.specialties(session, "medicine", at_most=4)) == 4


@given(st.text(max_size=400))
def test_terms_are_words_only(text: str) -> None:
    for word in queries.terms(text):
        assert word.isalnum() or not word.isascii()
        assert not set(word) & set("\"'*:()&|!<>\\^-_ \0")


def test_every_specialty_has_words_to_be_found_by() -> None:
    assert all(queries.terms(one.title) for one in SPECIALTIES.values())
