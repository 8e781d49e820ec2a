"""A company's rules: what may be asked, how it reads, and the form without scripts."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from marketplace.identity.models import User
from marketplace.kit import ids
from marketplace.projects.models import Project
from marketplace.projects.policy import read_rules, rules_key, rules_problem, summary
from tests.factories.companies import make_company
from tests.factories.experts import make_expert
from tests.factories.projects import make_draft, make_owner
from tests.marketplace.projects.test_projects_views import GOOD
from tests.pages import Pages

EXAMPLE = {
    "all": [
        {"fact": "tier", "op": "ge", "value": "licensed"},
        {
            "any": [
                {"fact": "credential", "op": "in", "value": ["licence", "board_certification"]},
                {"fact": "specialty", "op": "in", "value": ["medicine.cardiology"]},
            ]
        },
        {"fact": "approved_first_time", "op": "ge", "value": 0.9},
    ]
}
PART = {"HX-Request": "true"}
SENT = {
    "rules-join": "all",
    "rules-0-fact": "tier",
    "rules-0-group": "0",
    "rules-0-op": "ge",
    "rules-0-value": "licensed",
    "rules-1-fact": "approved_first_time",
    "rules-1-group": "1",
    "rules-1-op": "ge",
    "rules-1-value": "90 %",
    "rules-2-fact": "worked_on_project",
    "rules-2-group": "1",
    "rules-2-op": "exists",
}


@pytest.fixture
def owner(session: Session) -> User:
    return make_owner(session, make_company(session))


@pytest.fixture
def mine(pages: Pages, owner: User) -> Pages:
    return pages.enter(owner, "member")


def test_rules_read_as_one_phrase() -> None:
    assert summary(read_rules(EXAMPLE)) == (
        "Licensed or higher, and (a verified licence or board certification in the field or "
        "a verified credential in Cardiology), and at least 90 % of decided work approved the first time"
    )
    assert summary(read_rules({})) == ""


def test_rules_are_stored_as_they_were_read() -> None:
    assert read_rules(EXAMPLE).to_json() == EXAMPLE
    assert read_rules({}).to_json() == {}


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"all": [{"fact": "age", "op": "ge", "value": 30}]}, "never asks for age"),
        ({"all": [{"fact": "sex", "op": "eq", "value": "x"}]}, "never asks for sex"),
        ({"all": [{"fact": "shoe_size", "op": "eq", "value": 40}]}, "Choose what the rule asks"),
        ({"all": [{"fact": "tier", "op": "like", "value": "licensed"}]}, "cannot be compared"),
        ({"all": [{"fact": "tier", "op": "ge", "value": "emperor"}]}, "from the list"),
        ({"all": [{"fact": "tier", "op": "ge", "value": ["general", "licensed"]}]}, "one value"),
        ({"all": [{"fact": "approved_first_time", "op": "ge", "value": 90}]}, "0 to 100 percent"),
        ({"all": [{"fact": "approved_count", "op": "ge", "value": 1.5}]}, "whole number"),
        ({"all": [{"fact": "approved_count", "op": "ge", "value": True}]}, "Enter a number"),
        ({"all": []}, "something in it"),
        ({"none": [{"fact": "tier", "op": "ge", "value": "licensed"}]}, "under “all” or under “any”"),
        ({"all": [{"any": [{"all": [{"fact": "country", "op": "exists"}]}]}]}, "nowhere else"),
        ({"all": [{"fact": "country", "op": "exists", "sql": "1=1"}]}, "a fact, a comparison and a value"),
        ({"all": ["tier"]}, "a fact, a comparison and a value"),
        ({"all": [{"fact": "country", "op": "exists"}] * 13}, "Keep to 12 rules"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(rules: dict[str, Any], said: str) -> None:
    assert said in str(rules_problem(rules))


def test_rules_that_say_the_same_have_the_same_key_and_no_others() -> None:
    tree = read_rules(EXAMPLE)
    key = rules_key(tree, specialty="medicine", level="C1", company_id=1)
    assert key == rules_key(read_rules(EXAMPLE), specialty="medicine", level="C1", company_id=1)
    assert key != rules_key(tree, specialty="law", level="C1", company_id=1)
    assert key == rules_key(tree, specialty="medicine", level="C2", company_id=2), "the rule asks for neither"
    spoken = read_rules({"any": [{"fact": "language", "op": "eq", "value": "de"}]})
    keys = {rules_key(spoken, specialty="law", level=level, company_id=1) for level in ("C1", "C2")}
    known = read_rules({"all": [{"fact": "worked_on_project", "op": "exists"}]})
    keys |= {rules_key(known, specialty="law", level="C1", company_id=company) for company in (1, 2)}
    assert len(keys) == 4
    assert rules_key(read_rules({}), specialty="law", level="C1", company_id=2) == ""


def test_rows_are_added_and_removed_without_scripts_and_nothing_typed_is_lost(mine: Pages) -> None:
    page = mine.post("projects.create", {**GOOD, **SENT, "rules-new-0": "credential", "action": "rule:add:0"})
    assert page.status == 200
    assert page.value("title") == GOOD["title"]
    assert 'name="rules-3-fact" value="credential"' in page.answer.text
    page = mine.post("projects.create", {**GOOD, **SENT, "rules-new-0": "country", "action": "rule:group"})
    assert 'name="rules-3-fact" value="country"' in page.answer.text
    assert 'name="rules-3-group" value="2"' in page.answer.text
    page = mine.post("projects.create", {**GOOD, **SENT, "action": "rule:remove:0"})
    assert 'name="rules-0-fact" value="approved_first_time"' in page.answer.text
    assert 'name="rules-2-fact"' not in page.answer.text


def test_rules_are_saved_shown_and_opened_again(mine: Pages, session: Session) -> None:
    sent = {
        "form_key": str(ids.new_id()),
        **GOOD,
        **SENT,
        "language_level": "B2",
        "excluded_countries": ["DE", "FR"],
        "quota": "40",
    }
    page = mine.post("projects.create", sent)
    assert page.status == 303, page.errors()
    page = mine.get(page.location)
    assert (
        "Licensed or higher, and (at least 90 % of decided work approved the first time or approved work for"
        in page.text
    )
    project = session.query(Project).one()
    assert project.rules == {
        "all": [
            {"fact": "tier", "op": "ge", "value": "licensed"},
            {
                "any": [
                    {"fact": "approved_first_time", "op": "ge", "value": 0.9},
                    {"fact": "worked_on_project", "op": "exists"},
                ]
            },
        ]
    }
    assert (project.language_level, project.excluded_countries, project.quota) == ("B2", "DE,FR", 40)
    page = mine.get("projects.edit", project_id=project.id)
    assert page.value("rules-1-value") == "90"
    assert 'name="rules-2-group" value="1"' in page.answer.text


def test_a_rule_that_cannot_be_asked_is_named_at_the_rules(mine: Pages) -> None:
    page = mine.post("projects.create", {**GOOD, **SENT, "rules-1-value": "many"})
    assert page.status == 422
    assert "Enter a number for “Decided work approved the first time”." in page.errors()


def test_the_count_follows_what_is_typed_and_never_names_few(mine: Pages, session: Session) -> None:
    for _ in range(6):
        make_expert(session, tier="licensed", specialty="medicine")
    typed = {"tier": "licensed", "specialty": "medicine.cardiology", "language": "en"}
    assert (
        "At least 5 verified experts fit, fewer than 5 were active this week."
        in mine.get("projects.fit", headers=PART, **typed).text
    )
    rule = {"rules-join": "all", "rules-0-fact": "country", "rules-0-op": "not_in", "rules-0-value": "US"}
    assert (
        "Fewer than 5 verified experts fit." in mine.get("projects.fit", headers=PART, **typed, **rule).text
    )
    assert "Choose a specialty and a tier" in mine.get("projects.fit", headers=PART, tier="licensed").text
    wrong = mine.get("projects.fit", headers=PART, **typed, **{**rule, "rules-0-value": "XX"})
    assert "Choose a value for “Country” from the list." in wrong.text, "said at the rule, the count stays"
    assert "At least 5 verified experts fit" in wrong.text


def test_the_form_of_a_draft_says_who_fits_without_scripts(pages: Pages, session: Session) -> None:
    company = make_company(session)
    draft = make_draft(session, company=company)
    page = pages.enter(make_owner(session, company), "member").get("projects.edit", project_id=draft.id)
    assert "Fewer than 5 experts fit." in page.text


def test_a_comparison_takes_one_value_or_several_and_its_control_says_so(mine: Pages) -> None:
    sent = {**GOOD, "rules-join": "all", "rules-0-fact": "tier", "rules-0-value": "licensed"}

    def control(op: str) -> list[str | None]:
        page = mine.post("projects.create", {**sent, "rules-0-op": op, "action": "rule:show"})
        assert page.status == 200
        return [one.get("multiple") for one in page.all("select") if one.get("name") == "rules-0-value"]

    one, several = control("ge"), control("in")
    assert one == [None], "one choice"
    assert several != [None]
    assert len(several) == 1


def test_a_rule_that_is_not_finished_is_left_out_of_the_count_and_named_at_its_value(
    mine: Pages, session: Session
) -> None:
    for _ in range(6):
        make_expert(session, tier="licensed", specialty="medicine")
    typed = {"tier": "licensed", "specialty": "medicine.cardiology", "language": "en", "rules-join": "all"}
    rules = {"rules-0-fact": "tier", "rules-0-op": "ge", "rules-0-value": ""}
    page = mine.get("projects.fit", headers=PART, **typed, **rules)
    assert "At least 5 verified experts fit" in page.text, "the count stays"
    assert "Not counted yet: rule 1, tier" in page.text
    lacks = "Choose a value. Until then this rule does not count."
    assert lacks in page.text
    form = mine.post("projects.create", {**GOOD, **typed, **rules, "action": "rule:show"})
    assert lacks in form.text
    refused = mine.post("projects.create", {**GOOD, **typed, **rules})
    assert refused.status == 422
    assert lacks in refused.text


def test_the_form_says_why_few_people_are_not_counted(mine: Pages) -> None:
    typed = {"tier": "licensed", "specialty": "medicine.cardiology", "language": "en"}
    page = mine.get("projects.fit", headers=PART, **typed)
    assert "Smaller numbers are not shown: they could name people." in page.text
