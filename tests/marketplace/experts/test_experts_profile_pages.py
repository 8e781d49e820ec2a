"""The expert's profile, as a browser sees it."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from marketplace.experts import policy, queries, service
from marketplace.experts.models import CredentialKind, CredentialState, Expert, ExpertSpecialty, HistoryKind
from marketplace.identity.models import Role
from marketplace.kit import ids
from marketplace.reputation import service as reputation
from tests.factories.experts import make_credential, make_expert
from tests.factories.identity import make_user
from tests.factories.projects import make_project
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
        "time_zone": "Africa/Lagos",
        "weekly_hours": "",
        "quiet_from": "",
        "quiet_to": "",
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
        ({"headline": "Cardiologist, call +1 (212) 555-0100"}, "Take the phone number out"),
        ({"headline": "Cardiologist ada@clinic.org"}, "Take the e-mail address out"),
        ({"biography": "More at https://clinic.example/ada"}, "Take the link out"),
        ({"biography": "Ada P. Example, cardiologist"}, "Take your name out"),
        ({"time_zone": ""}, "Choose your time zone."),
        ({"time_zone": "Atlantis/Centre"}, "Choose a time zone from the list"),
        ({"weekly_hours": "200"}, "Enter a number from 1 to 80."),
        ({"weekly_hours": "ten"}, "Enter a whole number."),
        ({"quiet_from": "22:00"}, "Enter both times, or none."),
        ({"quiet_from": "22:00", "quiet_to": "22:00"}, "Enter two different times."),
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
    assert "licence to practise, verified" in words
    assert "Ngozi" not in words
    assert "diploma.pdf" not in words


def test_time_zone_and_hours_are_kept_and_shown(session: Session, pages: Pages, expert: Expert) -> None:
    said = {"time_zone": "america/new york", "weekly_hours": "12", "quiet_from": "22:00", "quiet_to": "07:30"}
    assert pages.post("experts.save", {**profile(**said), "days": ["wed", "mon"]}).status == 303
    again = the_same(session, expert)
    assert (again.user.time_zone, again.weekly_hours, again.days) == ("America/New_York", 12, "mon,wed")
    words = "12 hours a week; Mon, Wed; quiet from 22:00 to 07:30"
    assert words in pages.get("experts.profile").text
    assert words in pages.get("experts.public").text
    page = pages.get("experts.edit")
    assert (page.value("time_zone"), page.value("quiet_to")) == ("America/New_York", "07:30")


def test_history_is_written_changed_and_removed(session: Session, pages: Pages, expert: Expert) -> None:
    said = {
        "form_key": str(ids.new_id()),
        "title": "Resident in cardiology",
        "place": "Mercy Hospital",
        "began": "2015-09",
        "ended": "2019-08",
        "about": "Two wards.",
    }
    for _ in range(2):
        assert pages.post("experts.add_history", said, kind="work").location == "/profile"
    (entry,) = queries.history_of(session, expert.id)
    assert "Mercy Hospital, Sep 2015 to Aug 2019" in pages.get("experts.profile").text
    public = pages.get("experts.public").text
    assert "Resident in cardiology" in public
    assert "Mercy" not in public
    page = pages.get("experts.edit_history", entry_id=entry.id)
    assert (page.value("place"), page.value("began")) == ("Mercy Hospital", "2015-09")
    pages.post("experts.change_history", {**said, "title": "Fellow", "ended": ""}, entry_id=entry.id)
    assert "Sep 2015 to now" in pages.get("experts.profile").text
    assert pages.post("experts.remove_history", entry_id=entry.id).status == 303
    assert queries.history_of(session, expert.id) == []
    assert pages.get("experts.new_history", kind="study").status == 200
    assert pages.get("experts.new_history", kind="hobby").status == 404


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": ""}, "Enter what it is."),
        ({"place": "x"}, "Use 2 to 160 characters."),
        ({"began": "September"}, "Enter a year and a month, such as 2019-09."),
        ({"began": "2999-01"}, "Enter a month from 1930 to now."),
        ({"ended": "2014-01"}, "It ends before it begins."),
        ({"ended": "2999-01"}, "This month has not come yet."),
        ({"about": "Write me: ada@clinic.org"}, "Take the e-mail address out"),
        ({"about": "Ask for Ada Example on ward 3"}, "Take your name out"),
        ({"title": "A\u200bda Example, fellow"}, "Take your name out"),
    ],
)
def test_an_entry_is_checked_field_by_field(
    session: Session, pages: Pages, expert: Expert, changes: dict[str, str], message: str
) -> None:
    said = {
        "form_key": str(ids.new_id()),
        "title": "Fellow",
        "place": "Mercy",
        "began": "2015-09",
        "ended": "",
    }
    answer = pages.post("experts.add_history", {**said, **changes}, kind="work")
    assert answer.status == 422
    assert message in answer.errors()
    assert queries.history_of(session, expert.id) == []


def test_somebody_elses_history_is_not_there(session: Session, pages: Pages, expert: Expert) -> None:
    told = service.Told(kind=HistoryKind.WORK, title="Fellow", place="Mercy", began_on=date(2015, 9, 1))
    key = ids.new_id()
    entry = service.add_history(session, make_expert(session), told=told, form_key=key)
    session.flush()
    said = {"form_key": str(key), "title": "Mine", "place": "Mercy", "began": "2015-09", "ended": ""}
    assert pages.get("experts.edit_history", entry_id=entry.id).status == 404
    assert pages.post("experts.change_history", said, entry_id=entry.id).status == 404
    assert pages.post("experts.remove_history", entry_id=entry.id).status == 404
    assert pages.post("experts.add_history", said, kind="work").status == 404


def test_a_badge_says_what_is_verified_and_when(session: Session, pages: Pages, expert: Expert) -> None:
    at = datetime(2026, 3, 9, tzinfo=UTC)
    make_credential(session, expert, kind=K.BOARD_CERTIFICATION, title="MD", verified_at=at)
    assert "MD, board certification, verified 2026-03" in pages.get("experts.public").text


def test_what_is_missing_says_what_it_opens(session: Session, pages: Pages, expert: Expert) -> None:
    text = pages.get("experts.profile").text
    assert "Choose your fields Jobs are sorted by field: yours come first." in text
    assert "Say how many hours you want Companies plan with it." in text
    assert "%" not in text


def test_an_unlock_counts_the_jobs_it_opens(session: Session, pages: Pages) -> None:
    expert = make_expert(session, tier="specialist")
    service.set_specialties(session, expert, years={"medicine": 3})
    pages.enter(expert.user)
    make_project(session, specialty="medicine", tier="licensed", hourly_minor=3_500, minutes=20)
    make_project(session, specialty="medicine", tier="general")
    make_project(session, specialty="law", tier="licensed", hourly_minor=13_000, minutes=20)
    text = pages.get("experts.profile").text
    assert "1 open job, up to $35 an hour" in text, "what the job pays, not what others of its tier do"
    assert "Professional, usually from" in text
    assert "No open job asks for it today" in text


@pytest.mark.parametrize(
    "text",
    [
        "Ten years, 3 hospitals, 2005 to 2015",
        "ICD-10 and SNOMED, 120,000 records",
        "Signal processing",
        "I2C @ 400 kHz",
    ],
)
def test_honest_texts_are_no_contact_details(text: str) -> None:
    assert policy.contact_problem(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "ada (at) clinic (dot) org",
        "WhatsApp: 555",
        "find me @adalovelace",
        "www.ada.example",
        "linkedin.com/in/ada",
        "ada@cli\u200bnic.o\u00adrg",
        "ada＠clinic.org",
    ],
)
def test_contact_details_are_seen_in_other_spellings(text: str) -> None:
    assert policy.contact_problem(text) is not None


@pytest.mark.parametrize(
    ("form", "save"), [("experts.edit", "experts.save"), ("experts.specialties", "experts.save_specialties")]
)
def test_a_form_leads_back_to_where_somebody_came_from(
    session: Session, pages: Pages, form: str, save: str
) -> None:
    pages.enter(make_expert(session).user)
    said = profile() if form == "experts.edit" else {"fields-0-specialty": "law", "fields-0-years": "3"}
    shown = pages.get(form, next="/jobs/heart?tier=general")
    assert shown.value("next") == "/jobs/heart?tier=general"
    assert "/jobs/heart?tier=general" in [link.get("href") for link in shown.all("a")]
    assert pages.post(save, {**said, "next": shown.value("next")}).location == "/jobs/heart?tier=general"
    for elsewhere in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""):
        assert pages.post(save, {**said, "next": elsewhere}).location == "/profile"
        hrefs = [link.get("href") for link in pages.get(form, next=elsewhere).all("a")]
        assert not [href for href in hrefs if href and "evil" in href]
    assert pages.post(save, {**said, "next": "/" + "x" * 3_000}).status == 422


def test_nobody_is_asked_to_add_what_is_being_checked(session: Session, pages: Pages, expert: Expert) -> None:
    make_credential(session, expert, kind=K.DEGREE, state=C.SUBMITTED)
    session.add(ExpertSpecialty(expert=expert, specialty="medicine", years=3))
    session.flush()
    page = pages.get("experts.profile")
    assert "Being checked: a degree. Once verified, it raises you to Specialist, $60.00 an hour." in page.text
    offered = [node.get("href") for node in page.all("a") if "kind=" in node.get("href", "")]
    assert any("kind=licence" in href for href in offered)
    assert not any("kind=degree" in href for href in offered)
