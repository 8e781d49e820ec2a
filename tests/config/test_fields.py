import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import fields
from config.fields import SPECIALTIES, TIERS, BadFields

KEPT = [
    "general",
    "general.writing",
    "general.music",
    "general.education",
    "medicine",
    "medicine.cardiology",
    "medicine.pharmacy",
    "medicine.nursing",
    "law",
    "law.contracts",
    "law.tax",
    "finance",
    "finance.accounting",
    "software",
    "software.python",
    "software.security",
    "science",
    "science.physics",
    "science.chemistry",
    "mathematics",
    "engineering",
    "engineering.electrical",
]
slugs = st.sampled_from(sorted(SPECIALTIES))


def entry(
    slug: str, title: str = "Alchemy", synonyms: str = '"Alchemist", "Gold maker"', **other: str
) -> str:
    lines = {"isco": '["2113"]', "description": '"Turns lead into gold. It takes a while."', **other}
    body = "".join(f"{name} = {value}\n" for name, value in lines.items())
    return f'[{slug}]\ntitle = "{title}"\nsynonyms = [{synonyms}]\n{body}'


def test_the_tree_is_large_and_every_slug_that_was_given_out_is_in_it() -> None:
    assert len(SPECIALTIES) >= 120
    assert set(KEPT) <= set(SPECIALTIES)
    assert all(one.parent is None or one.parent in SPECIALTIES for one in SPECIALTIES.values())


def test_a_branch_stands_together_with_its_head_first() -> None:
    rows = fields.grouped()
    heads = [group for number, (_, _, group) in enumerate(rows) if not number or rows[number - 1][2] != group]
    assert len(heads) == len(set(heads)) == sum(one.parent is None for one in SPECIALTIES.values())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (entry("craft.alchemy"), "craft: it has entries below it and none of its own"),
        (entry("Craft"), "lower-case"),
        (entry("craft", isco='["213"]'), "four digits"),
        (entry("craft", isco="[]"), "four digits"),
        (entry("craft", synonyms='"Alchemist"'), "at least 2 synonyms"),
        (entry("craft", description='"One sentence only."'), "two sentences"),
        (entry("craft", synonyms='"Alchemist", "alchemist"'), "already a name"),
        (entry("craft", synonyms='"Alchemist", "Alchemy"'), "already a name"),
        (entry("craft") + entry("craft.gold", "Gold", '"Goldsmith", "ALCHEMIST"'), "already a name of craft"),
    ],
)
def test_a_broken_tree_stops_the_start_and_names_the_entry(text: str, message: str) -> None:
    with pytest.raises(BadFields, match=message):
        fields.read_specialties(text)


def test_two_branches_may_share_a_name_and_signs_tell_languages_apart() -> None:
    two = entry("craft") + entry("magic", "Wizardry")
    assert set(fields.read_specialties(two)) == {"craft", "magic"}
    signs = entry("c", "C#", '"C# developer", "C++ developer"')
    assert fields.read_specialties(signs)["c"].synonyms == ("C# developer", "C++ developer")


def test_a_tier_must_rise() -> None:
    tier = '[[tier]]\nslug = "{0}"\ntitle = "{0}"\nlow_minor = {1}\nhigh_minor = {2}\nrule = "r"\n'
    assert list(fields.read_tiers(tier.format("a", 1, 1) + tier.format("b", 2, 3))) == ["a", "b"]
    for wrong in (tier.format("a", 2, 2) + tier.format("b", 2, 3), tier.format("a", 3, 2)):
        with pytest.raises(BadFields):
            fields.read_tiers(wrong)
    assert [tier.rank for tier in TIERS.values()] == list(range(len(TIERS)))


@given(slugs, slugs, slugs)
def test_the_distance_in_the_tree_is_one(here: str, there: str, between: str) -> None:
    assert fields.distance(here, here) == 0
    assert fields.distance(here, there) == fields.distance(there, here)
    assert (fields.distance(here, there) == 0) == (here == there)
    assert fields.distance(here, there) <= fields.distance(here, between) + fields.distance(between, there)
    assert fields.covers(here, there) == (here in fields.path(there))
