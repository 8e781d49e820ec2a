"""The expert's profile, as a browser sees it."""

import pytest
from sqlalchemy.orm import Session

from marketplace.experts import queries, service
from marketplace.experts.models import CredentialKind, CredentialState, Expert
from marketplace.identity.models import Role
from marketplace.kit import ids
from marketplace.reputation import service as reputation
from tests.factories.experts import make_credential, make_expert
from tests.factories.identity import make_user
from tests.pages import Page, Pages

C, K = CredentialState, CredentialKind


def test_a_visitor_is_sent_to_the_log_in_page(pages: Pages) -> None:
    page = pages.get("experts.profile")
    assert (page.status, "/login" in page.location) == (303, True)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.EXPERT])
def test_others_have_no_expert_profile(session: Session, pages: Pages, role: Role) -> None:
    pages.enter(make_user(session, roles=[role]))
    for endpoint in ("experts.profile", "experts.public", "experts.edit", "experts.new_credential"):
        assert pages.get(endpoint).status == 403


def test_the_first_visit_leads_to_the_form_that_begins_the_profile(session: Session, pages: Pages) -> None:
    user = make_user(session, roles=[Role.EXPERT])
    pages.enter(user)
    assert pages.get("experts.profile").location == "/profile/edit"
    assert pages.get("experts.public").status == 404
    assert pages.get("experts.specialties").status == 200
    assert pages.get("experts.edit").value("headline") == ""
    answer = pages.post("experts.save", profile())
    assert (answer.status, answer.location) == (303, "/profile")
    begun = queries.for_user(session, user.id)
    assert begun is not None
    assert (begun.headline, begun.country, begun.languages) == (
        "Cardiologist",
        "NG",
        {"en": "native", "ar": "C1"},
    )


def profile(**changes: str) -> dict[str, str]:
    return {
        "headline": "Cardiologist",
        "biography": "",
        "country": "NG",
        "languages-0-code": "en",
        "languages-0-level": "native",
        "languages-1-code": "",
        "languages-1-level": "",
        "languages-2-code": "ar",
        "languages-2-level": "C1",
        **changes,
    }


def chosen(page: Page) -> dict[str, str]:
    """Name of each select -> its chosen value."""
    found = {}
    for field in page.all("select"):
        options = [node for node in field.iter() if node.get("selected") is not None]
        found[field.get("name")] = options[0].get("value") if options else ""
    return found


def test_the_forms_show_what_is_said_already(session: Session, pages: Pages) -> None:
    expert = make_expert(
        session, languages={"en": "native", "fr": "B2"}, country="NG", biography="Ten years."
    )
    service.set_specialties(session, expert, years={"law": 3})
    pages.enter(expert.user)
    page = pages.get("experts.edit")
    assert (page.value("headline"), page.value("biography")) == ("Clinician", "Ten years.")
    selects = chosen(page)
    assert selects["country"] == "NG"
    assert (selects["languages-0-code"], selects["languages-0-level"]) == ("en", "native")
    assert (selects["languages-1-code"], selects["languages-1-level"]) == ("fr", "B2")
    assert (selects["languages-2-code"], selects["languages-3-code"]) == ("", "")
    page = pages.get("experts.specialties")
    assert (chosen(page)["fields-0-specialty"], page.value("fields-0-years")) == ("law", "3")
    assert len(chosen(page)) == 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"headline": ""}, "Enter a headline."),
        ({"headline": "x"}, "Use 3 to 120 characters."),
        ({"country": ""}, "Choose your country."),
        ({"country": "XX"}, "Choose one of the options."),
        ({"biography": "x" * 2001}, "Use 2,000 characters or fewer."),
        ({"languages-0-level": ""}, "Choose a level."),
        ({"languages-0-level": "D9"}, "Choose one of the options."),
        ({"languages-2-code": "en"}, "Each language once"),
        ({"languages-0-code": "", "languages-2-code": ""}, "Choose at least one language."),
    ],
)
def test_a_profile_is_checked_field_by_field(
    session: Session, pages: Pages, expert: Expert, changes: dict[str, str], message: str
) -> None:
    answer = pages.post("experts.save", profile(**changes))
    assert answer.status == 422
    assert message in answer.errors()
    assert answer.value("headline") == {**profile(), **changes}["headline"]
    assert the_same(session, expert).headline == "Clinician"


def the_same(session: Session, expert: Expert) -> Expert:
    again = queries.for_user(session, expert.user_id)
    assert again is not None
    return again


def test_fields_are_chosen_with_years(session: Session, pages: Pages, expert: Expert) -> None:
    rows = {
        "fields-0-specialty": "medicine",
        "fields-0-years": "12",
        "fields-1-specialty": "",
        "fields-1-years": "",
    }
    assert pages.post("experts.save_specialties", rows).location == "/profile"
    page = pages.get("experts.specialties")
    assert (page.value("fields-0-years"), len(page.all("fieldset"))) == ("12", 1)
    for wrong, message in (
        ({"fields-0-years": "many"}, "Enter a whole number."),
        ({"fields-0-years": "61"}, "Enter a number from 0 to 60."),
        ({"fields-1-specialty": "medicine"}, "Each field once"),
        ({"fields-0-specialty": "astrology"}, "Choose one of the options."),
    ):
        answer = pages.post("experts.save_specialties", {**rows, **wrong})
        assert (answer.status, message in answer.errors()) == (422, True), wrong
    assert [row.specialty for row in queries.specialties_of(session, expert.id)] == ["medicine"]


def test_the_profile_says_the_tier_of_each_field_and_why(session: Session, pages: Pages) -> None:
    expert = make_expert(session, tier="specialist", specialty="medicine")
    service.set_specialties(session, expert, years={"law": 2})
    reputation.count(session, expert.user_id, "response_ranking", approved=True, first_time=True)
    page = pages.enter(expert.user).get("experts.profile")
    assert "Specialist" in page.text
    assert "“Doctor’s degree” is verified." in page.text
    assert "No verified credential of yours covers Law yet." in page.text
    assert "Add proof of employment in Medicine: it raises you to Professional, $95.00 an hour." in page.text
    assert "Approved first time 100%" in page.text


def test_an_empty_profile_says_what_comes_next(pages: Pages, expert: Expert) -> None:
    page = pages.get("experts.profile")
    for words in ("Add your first credential", "Name what you know", "Nothing decided yet"):
        assert words in page.text


def test_every_state_has_its_word_and_what_to_do(session: Session, pages: Pages, expert: Expert) -> None:
    ops = make_user(session, roles=[Role.OPS])
    for state in (C.UNVERIFIED, C.IN_REVIEW, C.VERIFIED, C.EXPIRED, C.REVOKED):
        make_credential(session, expert, state=state)
    make_credential(session, expert, ends_in_days=41)
    make_credential(session, expert, ends_in_days=-1, title="Ended before the sweep")
    refused = make_credential(session, expert, state=C.SUBMITTED)
    service.open_check(session, refused, by=ops)
    service.reject(session, refused, by=ops, reason="The letter carries no date.", fix="Upload a dated one.")
    text = pages.get("experts.profile").text
    for words in (
        "Not sent", "Being checked", "Verified", "Ended", "Withdrawn", "Ends in 41 days", "Renew", "Finish",
        "Not accepted", "The letter carries no date. Upload a dated one.", "Fix it",
    ):  # fmt: skip
        assert words in text, words


def test_companies_see_a_code_and_never_the_name(session: Session, pages: Pages) -> None:
    expert = make_expert(
        session, tier="licensed", user=make_user(session, roles=[Role.EXPERT], name="Ngozi Eze")
    )
    page = pages.enter(expert.user).get("experts.public")
    main = next(node for node in page.all("main"))
    words = " ".join("".join(main.itertext()).split())
    assert f"Expert {ids.code('E', expert.id)}" in words
    assert "Licence to practise, verified" in words
    assert "Ngozi" not in words
    assert "diploma.pdf" not in words
