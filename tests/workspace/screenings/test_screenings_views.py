"""Journeys over HTTP without scripts: a company writes a screening, an expert takes it, a reviewer grades it."""

import io
import json
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.applications import queries as applications
from marketplace.applications import service as applying
from marketplace.applications.models import Screening, ScreeningState
from marketplace.companies.models import MemberRole
from marketplace.identity.models import Role, User
from marketplace.kit import clock
from marketplace.projects import service as projects_service
from marketplace.reputation import queries as reputation
from tests.factories.companies import make_company, make_member
from tests.factories.experts import make_expert
from tests.factories.identity import make_user
from tests.factories.projects import CLAUSES, make_draft, make_owner, make_project
from tests.factories.queue import make_tasks
from tests.factories.screenings import (
    NOTE,
    answer_all,
    expert_of,
    grade_all,
    graded_item,
    items_of,
    keyed_item,
    make_grader,
    make_grading,
    make_screening,
    make_screening_plan,
    refuse,
    right_answer,
    user_of,
)
from workspace.queue.models import Part, TaskPart
from workspace.queue.queries import next_available
from workspace.screenings import queries, service
from workspace.task_types import registry
from workspace.task_types.base import Invalid

S = ScreeningState
STATEMENT = "I read each source, and my answers are short because the questions are short."
KEYED = {
    "prompt": "What is two and two?",
    "responses": [{"id": "a", "text": "Four."}, {"id": "b", "text": "Five."}],
    "why_min_words": 10,
    "gold": {"pairs": [["a", "b"]]},
    "explanation": "Two and two is four.",
}
TERMS = {"pay": "18.00", "limit_minutes": "40", "pass_mark": "50", "valid_months": "6"}


def upload(pages, project, *rows, as_list=False):
    body = json.dumps(rows) if as_list else "\n".join(json.dumps(row) for row in rows)
    return pages.post(
        "screening_plans.add",
        {"file": (io.BytesIO(body.encode()), "items.jsonl")},
        project_id=project.id,
    )


def test_a_company_writes_publishes_and_candidates_get_it(session, pages):
    project = make_project(session)
    owner = make_owner(session, project.company)
    make_tasks(session, project, 2)
    pages.enter(owner)
    assert "No screening yet" in pages.get("screening_plans.show", project_id=project.id).text
    assert pages.post("screening_plans.begin", project_id=project.id).status == 303
    assert upload(pages, project, KEYED, as_list=True).status == 303
    assert pages.post("screening_plans.terms", TERMS, project_id=project.id).status == 303
    page = pages.get("screening_plans.show", project_id=project.id)
    assert "Two and two is four." in page.text
    assert "$21.60" in page.text, "pay and the platform fee"
    chosen = next(value for one in page.all("option") if len(value := one.get("value") or "") == 36)
    picked = {"chosen": chosen, "rubric": "Says which washer to change."}
    assert pages.post("screening_plans.pick", picked, project_id=project.id).status == 303
    assert "$25.20" in pages.get("screening_plans.show", project_id=project.id).text, "and a review fee"
    assert pages.post("screening_plans.publish", project_id=project.id).status == 303
    page = pages.get("screening_plans.show", project_id=project.id)
    assert "Version 1, in use" in page.text
    assert "Shown from 5" in page.text
    assert pages.post("screening_plans.publish", project_id=project.id).status == 303
    page = pages.get("screening_plans.show", project_id=project.id)
    assert "No version is being written" in page.text, "pressed twice, published once"
    assert "Version 1, in use" in page.text
    pages.enter(make_expert(session).user)
    assert "A paid screening first" in pages.get("jobs.job", slug=project.slug).text
    answer = pages.post("jobs.apply", slug=project.slug)
    page = pages.get(pages.get(answer.location).location)
    assert "Start now" in page.text
    screening = session.scalars(select(Screening)).one()
    for _ in range(2):
        assert pages.post("screenings.start", screening_id=screening.id).status == 303
    candidate = screening.user_id
    served = set()
    while task := next_available(session, project.id, candidate):
        served.add(task.id)
        session.add(TaskPart(task_id=task.id, user_id=candidate, part=Part.AUTHOR))
        session.flush()
    assert len(served) == 1
    assert uuid.UUID(chosen) not in served, "what a screening asks is never the same person's work"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({**KEYED, "gold": {"pairs": [["a", "zzz"]]}}, "two different responses"),
        ({**KEYED, "explanation": ""}, "Say why the known answer is right"),
        ({**KEYED, "gold": "a"}, "Write an object"),
        ({**KEYED, "passing": 3}, "0.5 to 1"),
        ({**KEYED, "passing": True}, "0.5 to 1"),
        ({**KEYED, "task_type": "poetry"}, "Choose a type of work"),
        ({**KEYED, "task_type": ["poetry"]}, "Choose a type of work"),
        ({**KEYED, "prompt": ""}, "prompt"),
        ({**KEYED, "payload": 5}, "as an object"),
        ({**KEYED, "content_classes": ["violence"]}, "never shown"),
        ({"prompt": "Why?", "task_type": "golden_response"}, "one sentence a reviewer marks by"),
        (
            {"prompt": "Why?", "task_type": "golden_response", "gold": {"x": 1}, "explanation": "So."},
            "No machine",
        ),
        (
            {**registry.get("red_teaming").example()[0], "task_type": "red_teaming", "rubric": "Breaks it."},
            "",
        ),
    ],
)
def test_a_wrong_item_is_refused_with_its_line_and_place(session, pages, row, said):
    project = make_project(session)
    pages.enter(make_owner(session, project.company))
    page = upload(pages, project, row)
    assert page.status == 422
    assert "Line 1" in page.errors()
    assert said in page.errors()


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[1, 2]", b"[[[", b"{}", b"nonsense", b"[" * 5000])
def test_a_strange_file_is_refused_not_broken(session, pages, body):
    project = make_project(session)
    pages.enter(make_owner(session, project.company))
    page = pages.post(
        "screening_plans.add", {"file": (io.BytesIO(body), "items.json")}, project_id=project.id
    )
    assert page.status == 422
    assert page.errors()


def test_others_and_small_roles_cannot_write(session, pages):
    project = make_project(session)
    company = project.company
    pages.enter(make_owner(session, make_company(session)))
    assert pages.get("screening_plans.show", project_id=project.id).status == 404
    assert pages.post("screening_plans.begin", project_id=project.id).status == 404
    small = make_member(session, company, role=MemberRole.VIEWER)
    pages.enter(small.user)
    assert pages.get("screening_plans.show", project_id=project.id).status == 200
    assert pages.post("screening_plans.begin", project_id=project.id).status == 403


def test_an_expert_takes_it_item_by_item_in_any_order(session, pages):
    screening = make_screening(session, keyed=2, graded=1)
    pages.enter(user_of(session, screening))
    assert "Start now" in pages.get("screenings.show", screening_id=screening.id).text
    first = pages.post("screenings.start", screening_id=screening.id)
    assert "until" in pages.get(first.location).text
    third = {"screening_id": screening.id, "position": 3}
    item = items_of(session, screening)[2]
    said = {"rev": 0, "answer": right_answer(item)}
    assert pages.post("screenings.save", json=said, **third).status == 200
    assert pages.post("screenings.save", json={**said, "answer": {"text": "older"}}, **third).status == 409
    assert pages.post("screenings.save", json={"rev": "x"}, **third).status == 422
    assert (
        pages.post("screenings.answer", json={"rev": 0, "answer": {}}, **{**third, "position": 1}).status
        == 422
    )
    taken = pages.post(
        "screenings.answer",
        json={"rev": 0, "answer": right_answer(items_of(session, screening)[0])},
        **{**third, "position": 1},
    )
    assert taken.answer.json["next"].endswith("/items/2")
    page = pages.get("screenings.show", screening_id=screening.id)
    assert "2 of 3 answered" in page.text
    assert "four" not in page.text.lower(), "no key before the end"
    assert pages.post("screenings.submit", screening_id=screening.id).status == 303
    assert "Being graded" in pages.get("screenings.show", screening_id=screening.id).text
    assert pages.post("screenings.save", json=said, **third).status == 410


def test_a_plain_form_keeps_what_is_incomplete_and_can_go_on(session, pages):
    screening = make_screening(session, keyed=2, started=True)
    pages.enter(user_of(session, screening))
    here = {"screening_id": screening.id, "position": 1}
    page = pages.post("screenings.answer", {"why": "Half a sentence"}, **here)
    assert page.status == 422
    assert "Half a sentence" in pages.get("screenings.item", **here).answer.text
    on = pages.post("screenings.answer", {"why": "Half a sentence", "anyway": "1"}, **here)
    assert on.location.endswith("/items/2")
    assert pages.get("screenings.item", screening_id=screening.id, position=9).status == 404


def test_feedback_says_why_and_a_pass_leads_to_the_offer_and_a_certificate(session, pages):
    screening = make_screening(session, keyed=2, started=True)
    answer_all(session, screening)
    service.submit(session, screening)
    pages.enter(user_of(session, screening))
    page = pages.get("screenings.show", screening_id=screening.id)
    assert "2 of 2 met" in page.text
    assert "Two and two is four." in page.text
    offer = pages.get("applications.offer", application_id=screening.application_id)
    assert "Accept the offer" in offer.text
    certificate = applications.certificate_for(session, screening.id)
    assert certificate.title in pages.get("certificates.index").text
    assert certificate.title in pages.get("experts.profile").text
    changed = {"holder": "Dr. Ada Example"}
    assert pages.post("certificates.change", changed, certificate_id=certificate.id).status == 303
    assert certificate.title not in pages.get("experts.profile").text, "hidden"
    pages.leave()
    public = pages.get("certificates.show", code=certificate.code)
    assert (public.status, "Dr. Ada Example" in public.text, "Valid" in public.text) == (200, True, True)


def test_a_code_nobody_has_is_not_valid(pages):
    for code in ("nothing", "x" * 300, "%00", "../.."):
        page = pages.get(f"/certificates/{code}")
        assert page.status in {400, 404}
    assert "This code is not valid" in pages.get("/certificates/nothing").text


def test_staff_revoke_a_certificate_with_a_reason(session, pages):
    screening = make_screening(session, started=True)
    answer_all(session, screening)
    service.submit(session, screening)
    certificate = applications.certificate_for(session, screening.id)
    pages.enter(make_user(session, roles=("ops",)))
    assert certificate.title in pages.get("certificate_checks.index", q=certificate.code).text
    here = {"certificate_id": certificate.id}
    assert pages.post("certificate_checks.revoke", {"reason": "no"}, **here).status == 422
    reason = "Somebody else took it, as both of them wrote to us."
    assert pages.post("certificate_checks.revoke", {"reason": reason}, **here).status == 303
    assert pages.post("certificate_checks.revoke", {"reason": reason}, **here).status == 409
    public = pages.leave().get("certificates.show", code=certificate.code)
    assert "Withdrawn on" in public.text
    assert "Valid until" not in public.text
    assert reason in public.text
    mine = pages.enter(session.get(User, certificate.user_id)).get("certificates.index")
    assert reason in mine.text
    assert not [node for node in mine.all("a") if node.get("href", "").endswith("/edit")]


def test_a_certificate_says_who_set_the_test_and_its_owner_finds_the_way_back(session, pages):
    screening = make_screening(session, started=True)
    answer_all(session, screening)
    service.submit(session, screening)
    certificate = applications.certificate_for(session, screening.id)
    company = applications.set_by(session, certificate)
    page = pages.get("certificates.show", code=certificate.code)
    assert f"Test set by{company.name if company else 'Assay, for'}" in page.text
    assert "All your certificates" not in page.text
    mine = pages.enter(session.get(User, certificate.user_id)).get("certificates.show", code=certificate.code)
    assert f"/certificates/{certificate.id}/edit" in [node.get("href") for node in mine.all("a")]
    assert [node for node in mine.all("button") if node.get("data-copy") == "certificate-link"]


def test_a_revoked_certificate_opens_no_job_any_more(session):
    screening = make_screening(session, started=True)
    answer_all(session, screening)
    service.submit(session, screening)
    certificate = applications.certificate_for(session, screening.id)
    plan_id, now = screening.version.plan_id, clock.database_now(session)
    assert reputation.valid_pass(session, screening.user_id, plan_id, now) is not None
    reason = "Somebody else took it, as both of them wrote to us."
    applying.revoke_certificate(session, certificate, by=make_user(session, roles=("ops",)), reason=reason)
    assert reputation.valid_pass(session, screening.user_id, plan_id, clock.database_now(session)) is None


def test_others_see_nothing_of_it(session, pages):
    screening = make_screening(session, started=True)
    pages.enter(make_expert(session).user)
    here = {"screening_id": screening.id}
    assert pages.get("screenings.show", **here).status == 404
    assert pages.get("screenings.item", position=1, **here).status == 404
    for act in ("start", "decline", "submit", "appeal", "withdraw_appeal"):
        assert pages.post(f"screenings.{act}", **here).status == 404
    assert pages.post("screenings.save", json={"rev": 0, "answer": {}}, position=1, **here).status == 404
    pages.enter(make_grader(session))
    assert pages.get("gradings.show", **here).status == 404


def test_a_reviewer_grades_without_a_name(session, pages):
    screening, reviewer = make_grading(session), make_grader(session)
    user_of(session, screening).name = "Zora Candidate"
    pages.enter(reviewer)
    assert "1 screening" in pages.get("gradings.index").text
    page = pages.get(pages.post("gradings.next_one").location)
    assert "Names the risk" in page.text
    assert user_of(session, screening).name not in page.text
    item = items_of(session, screening)[-1]
    here = {"screening_id": screening.id}
    assert pages.post("gradings.grade", {}, **here).status == 422
    assert pages.post("gradings.grade", {f"met-{item.id}": "yes"}, **here).status == 422
    marks = {f"met-{item.id}": "yes", f"why-{item.id}": "It names the risk."}
    assert pages.post("gradings.grade", marks, **here).status == 303
    assert pages.post("gradings.grade", marks, **here).status == 404
    pages.enter(user_of(session, screening))
    page = pages.get("screenings.show", **here)
    assert "It names the risk." in page.text
    assert "Passed" in page.text


def test_items_are_counted_for_everybody_whatever_was_removed(session, pages):
    project = make_project(session)
    plan = applying.plan_for(session, project=project)
    draft = applying.draft_of_plan(session, plan, applying.Settings(pay_minor=600, limit_minutes=30))
    applying.add_items(session, draft, [keyed_item(), keyed_item(), graded_item()])
    applying.remove_item(session, draft, applications.items(session, draft.id)[0].id)
    applying.publish_plan(session, draft, by=make_owner(session, project.company))
    session.flush()
    screening, reviewer = make_grading(session, project=project), make_grader(session)
    pages.enter(reviewer)
    page = pages.get(pages.post("gradings.next_one").location)
    assert "Item 2: " in page.text
    assert "Item 3: " not in page.text
    service.step_aside(session, screening, reviewer=reviewer, reason="outside_my_field")
    refuse(session, screening)
    here = {"screening_id": screening.id}
    pages.enter(user_of(session, screening))
    pages.post("screenings.appeal", {"statement": STATEMENT}, **here)
    pages.enter(make_user(session, roles=("ops",)))
    appeal = queries.appeal_of(session, screening.id)
    text = pages.get("screening_staff.appeal", appeal_id=appeal.id).text
    assert ("Item 1: " in text, "Item 2: " in text, "Item 3: " in text) == (True, True, False)


def test_a_refusal_is_read_appealed_and_decided(session, pages):
    screening = make_grading(session)
    refuse(session, screening)
    pages.enter(user_of(session, screening))
    here = {"screening_id": screening.id}
    page = pages.get("screenings.show", **here)
    assert NOTE in page.text
    assert pages.post("screenings.appeal", {"statement": ""}, **here).status == 422
    assert pages.post("screenings.appeal", {"statement": "word " * 301}, **here).status == 422
    assert pages.post("screenings.appeal", {"statement": STATEMENT}, **here).status == 303
    assert pages.post("screenings.appeal", {"statement": STATEMENT}, **here).status == 409
    appeal = queries.appeal_of(session, screening.id)
    pages.enter(make_user(session, roles=("ops",)))
    assert "Pay at stake" in pages.get("screening_staff.appeals").text
    there = {"appeal_id": appeal.id}
    assert STATEMENT in pages.get("screening_staff.appeal", **there).text
    assert pages.post("screening_staff.decide", {"won": "yes", "reasons": "short"}, **there).status == 422
    assert pages.post("screening_staff.decide", {"won": "yes", "reasons": NOTE}, **there).status == 303
    session.refresh(screening)
    assert screening.state is S.FAILED
    pages.enter(user_of(session, screening))
    assert "Decided for you" in pages.get("screenings.show", **here).text


def test_whoever_looks_late_settles_it(session, pages):
    screening = make_screening(session, started=True)
    answer_all(session, screening)
    pages.enter(user_of(session, screening))
    with clock.shifted(timedelta(minutes=31)):
        away = pages.get("screenings.item", screening_id=screening.id, position=1)
        assert away.status == 303
        assert "Passed" in pages.get(away.location).text


def test_ops_write_the_screening_of_a_field(session, pages):
    pages.enter(make_user(session, roles=("ops",)))
    assert pages.get("screening_staff.index").status == 200
    assert pages.get("screening_staff.choose", specialty="medicine").status == 303
    assert pages.get("screening_staff.choose", specialty="nonsense").status == 404
    here = {"specialty": "medicine"}
    assert pages.post("screening_staff.begin_field", **here).status == 303
    file = {"file": (io.BytesIO(json.dumps(KEYED).encode()), "items.jsonl")}
    assert pages.post("screening_staff.add_field", file, **here).status == 303
    assert pages.post("screening_staff.terms_field", {**TERMS, "pay": "0"}, **here).status == 422
    assert pages.post("screening_staff.publish_field", **here).status == 303
    assert "Version 1" in pages.get("screening_staff.index").text
    project = make_project(session, specialty="medicine")
    pages.enter(make_owner(session, project.company))
    page = pages.get("screening_plans.show", project_id=project.id)
    assert "Whoever passed the screening in" in page.text
    plan = applications.plan_of_specialty(session, "medicine")
    assert pages.post("screening_plans.ask", {"plan": str(plan.id)}, project_id=project.id).status == 303
    assert applying.asked_version(session, project) is not None
    assert pages.post("screening_plans.ask", {"plan": "none"}, project_id=project.id).status == 303
    assert applying.asked_version(session, project) is None


def test_a_miss_says_when_to_try_again(session, pages):
    screening = make_screening(session, started=True)
    service.submit(session, screening)
    pages.enter(user_of(session, screening))
    page = pages.get("screenings.show", screening_id=screening.id)
    assert "try again from" in page.text
    again = pages.post("jobs.apply", slug=screening.project.slug)
    assert "again from" in pages.get(again.location).text


def test_figures_of_a_few_people_are_not_shown(session, pages):
    project = make_project(session)
    make_screening_plan(session, project, graded=1, keyed=0)
    for _ in range(4):
        screening = make_screening(session, project=project, started=True)
        answer_all(session, screening)
        service.submit(session, screening)
        grade_all(session, screening, make_grader(session))
        session.flush()
    pages.enter(make_owner(session, project.company))
    assert "100 %" not in pages.get("screening_plans.show", project_id=project.id).text
    screening = make_screening(session, project=project, started=True)
    applying.start_screening(session, screening, expert=expert_of(session, screening))
    service.submit(session, screening)
    session.flush()
    assert "80 %" in pages.get("screening_plans.show", project_id=project.id).text


@pytest.mark.parametrize("task_type", registry.ALL)
def test_an_example_file_of_every_type_is_imported_as_it_is(session, pages, task_type):
    project = make_project(session)
    pages.enter(make_owner(session, project.company), "member")
    page = pages.get("screening_plans.show", project_id=project.id)
    pages.post("screening_plans.begin", project_id=project.id)
    page = pages.get("screening_plans.show", project_id=project.id)
    (link,) = [one.get("href") for one in page.all("a") if task_type in (one.get("href") or "")]
    file = pages.get(link)
    assert file.status == 200
    assert "attachment" in file.answer.headers["Content-Disposition"]
    sent = {"file": (io.BytesIO(file.answer.data), "example.jsonl")}
    answer = pages.post("screening_plans.add", sent, project_id=project.id)
    assert answer.status == 303, answer.errors()
    draft = applications.draft_version(session, applications.plan_of_project(session, project.id).id)
    items = applications.items(session, draft.id)
    kind = registry.get(task_type)
    assert {item.task_type for item in items} == {task_type}
    assert any(not item.is_keyed for item in items)
    assert any(item.is_keyed for item in items) == (task_type != "golden_response")
    for item in items:
        if item.is_keyed:
            payload = kind.read_payload(item.payload)
            assert not isinstance(kind.read_gold(payload, item.gold), Invalid)


def test_an_example_of_nothing_is_not_found_and_experts_get_none(session, pages):
    project = make_project(session)
    pages.enter(make_owner(session, project.company), "member")
    assert pages.get("screening_plans.example", kind="poetry").status == 404
    pages.enter(make_expert(session).user, "expert")
    assert pages.get("screening_plans.example", kind="rating").status == 403


def test_publishing_asks_for_it_in_the_same_step_or_not(session, pages):
    project = make_project(session)
    pages.enter(make_owner(session, project.company), "member")
    for only, asked in (({"only": "y"}, False), ({}, True), ({"only": "y"}, True)):
        pages.post("screening_plans.begin", project_id=project.id)
        if not asked:
            assert upload(pages, project, KEYED).status == 303
        pages.post("screening_plans.publish", only, project_id=project.id)
        said = pages.get("screening_plans.show", project_id=project.id).text
        assert (reputation.required_plan(session, project.id) is not None) == asked
        assert ("The project asks for it." in said) == asked, "and it says which"
        assert ("does not ask for it yet" in said) != asked


def test_a_draft_has_the_screening_among_its_steps(session, pages):
    company = make_company(session)
    draft = make_draft(session, company=company)
    pages.enter(make_owner(session, company), "member")
    page = pages.get("projects.show", project_id=draft.id)
    assert "Ask for a screening (optional)" in page.text
    make_screening_plan(session, draft, keyed=1)
    assert "Ask for a screening (optional), done" in pages.get("projects.show", project_id=draft.id).text


def test_whoever_checks_a_project_reads_its_screening_and_how_long_it_waits(session, pages):
    company = make_company(session)
    owner = make_owner(session, company)
    with clock.shifted(timedelta(days=-30)):
        draft = make_draft(session, company=company, by=owner)
    with clock.shifted(timedelta(days=-2)):
        make_screening_plan(session, draft, keyed=1, graded=1)
        projects_service.save_guideline(session, draft, CLAUSES, by=owner)
        projects_service.submit(session, draft, by=owner, check="all", has_tasks=True)
    session.flush()
    pages.enter(make_user(session, roles=(Role.OPS,)), "ops")
    page = pages.get("project_checks.show", project_id=draft.id)
    assert "What is two and two?" in page.text
    assert "Names the risk and what to do." in page.text
    sent = clock.now() - timedelta(days=2)
    listed = pages.get("project_checks.index").text
    assert f"waiting since {sent:%a} {sent.day} {sent:%b}" in listed


WRITTEN = {
    "response_ranking": {"response_a": "Call a plumber.", "response_c": "Change the washer.", "best": "c"},
    "response_editing": {"response": "It fell in 1991.", "fixes": "1991 => 1989"},
    "golden_response": {"rubric": "Names the risk."},
    "red_teaming": {
        "brief": "Find unsafe advice.",
        "response": "Take two now.",
        "outcome": "policy_violation",
    },
    "chain_of_thought": {"steps": "60 / 20 is 3.\nSo 17:00.", "answer": "17:00", "first_wrong": "2"},
    "rating": {"response": "Boil it with vinegar.", "overall": "4"},
    "hallucination_flagging": {
        "source": "It opened in 1989.",
        "response": "It opened in 1998.",
        "wrong_words": "1998",
    },
}
GOLD = {
    "response_ranking": {"pairs": [["c", "a"]]},
    "response_editing": {"errors": [{"gone": "1991", "there": ["1989"]}]},
    "golden_response": {},
    "red_teaming": {"outcomes": ["policy_violation"]},
    "chain_of_thought": {"first_error": 2},
    "rating": {"scores": {}, "overall": [4]},
    "hallucination_flagging": {"none_found": False, "spans": [{"start": 13, "end": 17, "text": "1998"}]},
}


def written(**fields):
    return {f"item-{name}": said for name, said in fields.items()}


@pytest.mark.parametrize("task_type", registry.ALL)
def test_an_item_of_every_type_is_written_in_a_form(session, pages, task_type):
    project = make_project(session, task_type=task_type)
    pages.enter(make_owner(session, project.company), "member")
    pages.post("screening_plans.begin", project_id=project.id)
    why = {} if task_type == "golden_response" else {"explanation": "Because the source says so."}
    sent = written(prompt="What is to be done?", **WRITTEN[task_type], **why)
    page = pages.post("screening_plans.write", sent, project_id=project.id)
    assert page.status == 303, page.errors()
    draft = applications.draft_version(session, applications.plan_of_project(session, project.id).id)
    (item,) = applications.items(session, draft.id)
    assert (item.task_type, item.gold) == (task_type, GOLD[task_type])
    assert item.is_keyed == bool(GOLD[task_type])


@pytest.mark.parametrize(
    ("task_type", "fields", "wrong"),
    [
        ("response_ranking", {"response_a": "One.", "rubric": "Good."}, ("response_a", "Give 2 to 8 here.")),
        ("response_ranking", {"response_a": "One.", "response_b": "Two."}, ("rubric", "known answer")),
        (
            "response_ranking",
            {"response_a": "One.", "response_b": "Two.", "best": "d", "explanation": "So."},
            ("best", "two different responses"),
        ),
        ("rating", {"response": "Boil it.", "overall": "4"}, ("explanation", "Say why the known answer")),
        (
            "chain_of_thought",
            {"steps": "One.", "answer": "1", "first_wrong": "9", "explanation": "So."},
            ("first_wrong", "1"),
        ),
        (
            "response_editing",
            {"response": "In 1991.", "fixes": "1066 => 1989", "explanation": "So."},
            ("fixes", "not in the response"),
        ),
    ],
)
def test_what_a_written_item_lacks_is_said_at_its_field(session, pages, task_type, fields, wrong):
    at, said = wrong
    project = make_project(session, task_type=task_type)
    pages.enter(make_owner(session, project.company), "member")
    page = pages.post("screening_plans.write", written(prompt="What?", **fields), project_id=project.id)
    assert page.status == 422
    assert said in page.errors()
    assert f'id="item-{at}-error"' in page.answer.text


def test_ops_write_an_item_of_any_type_for_a_field(session, pages):
    pages.enter(make_user(session, roles=(Role.OPS,)), "ops")
    here = {"specialty": "medicine.cardiology"}
    pages.post("screening_staff.begin_field", **here)
    assert "Response D" in pages.get("screening_staff.show_field", **here).text
    sent = written(prompt="What?", response="Boil it.", overall="4", explanation="So it is.")
    assert pages.post("screening_staff.write_field", sent, kind="rating", **here).status == 303
    assert "So it is." in pages.get("screening_staff.show_field", **here).text


def test_a_type_the_form_does_not_know_goes_by_a_file(session, pages, monkeypatch):
    project = make_project(session)
    pages.enter(make_owner(session, project.company), "member")
    pages.post("screening_plans.begin", project_id=project.id)
    monkeypatch.setattr("workspace.screenings.views.plan_page.ASKED", {})
    page = pages.get("screening_plans.show", project_id=project.id)
    assert "Write an item" not in page.text
    assert "Add items from a file" in page.text
    assert pages.post("screening_plans.write", written(prompt="Why?"), project_id=project.id).status == 404
