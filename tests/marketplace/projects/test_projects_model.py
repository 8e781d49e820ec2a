"""The model that experts talk to: who may set it, what is refused, and a key that nobody ever sees."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from marketplace.audit.models import AuditRecord
from marketplace.companies.models import Company, MemberRole
from marketplace.gateways import Gateways, wiring
from marketplace.gateways.language_models import script
from marketplace.identity.models import Role, User
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.kit.errors import Conflict
from marketplace.kit.sealing import Sealer
from marketplace.projects import policy, queries, service
from marketplace.projects.errors import KeyLost
from marketplace.projects.models import ModelEndpoint, Project
from tests.factories.companies import make_company
from tests.factories.identity import make_user
from tests.factories.model_server import KEY, Behaviour, answers, serving, talk
from tests.factories.models import SEALER, make_endpoint, make_live_project, make_setup
from tests.factories.projects import make_owner, make_project
from tests.pages import Page, Pages

GOOD = {"url": "https://models.example.org/v1", "model": "m-1", "key": KEY, "replies_a_day": "150"}
VIEWS = ("projects.set_model", "projects.try_model", "projects.remove_model")


@pytest.fixture
def company(session: Session) -> Company:
    return make_company(session)


@pytest.fixture
def owner(session: Session, company: Company) -> User:
    return make_owner(session, company)


@pytest.fixture
def project(session: Session, company: Company, owner: User) -> Project:
    return make_live_project(session, company=company, by=owner)


@pytest.fixture
def mine(pages: Pages, owner: User) -> Pages:
    return pages.enter(owner, "member")


def endpoint(session: Session, project: Project) -> ModelEndpoint:
    session.expire_all()
    found = queries.model_endpoint(session, project.id)
    assert found is not None
    return found


def show(pages: Pages, project: Project) -> Page:
    return pages.get("projects.model", project_id=project.id)


def send(pages: Pages, project: Project, **changes: str) -> Page:
    return pages.post("projects.set_model", {**GOOD, **changes}, project_id=project.id)


def records(session: Session, project: Project) -> list[AuditRecord]:
    found = session.scalars(
        select(AuditRecord).where(AuditRecord.subject_id == project.id).order_by(AuditRecord.id)
    ).all()
    return [record for record in found if record.tag.endswith("_model")]


def test_a_model_is_set_and_its_key_is_never_shown(mine: Pages, session: Session, project: Project) -> None:
    assert "No model is set" in show(mine, project).text
    assert send(mine, project, system_prompt="Be kind.").status == 303
    kept = endpoint(session, project)
    assert (kept.url, kept.model, kept.replies_a_day) == ("https://models.example.org/v1", "m-1", 150)
    assert kept.system_prompt == "Be kind."
    assert service.model_address(kept, SEALER).key == KEY
    page = show(mine, project)
    assert "Set, ends in 6789" in page.text
    assert "Ada Example" in page.text
    assert page.value("key") == ""
    assert KEY not in page.answer.text
    assert page.value("url") == "https://models.example.org/v1"
    assert page.value("replies_a_day") == "150"


def test_the_key_is_sealed_in_the_table(session: Session, project: Project, owner: User) -> None:
    kept = make_endpoint(session, project, by=owner)
    [raw] = session.execute(text("SELECT * FROM model_endpoints")).all()
    assert KEY not in str(raw)
    assert len(kept.sealed_key) > 60
    assert KEY not in repr(kept)
    assert KEY not in repr(make_setup())
    assert KEY not in repr(service.model_address(kept, SEALER))


def test_a_sealed_key_is_worthless_in_another_row(session: Session, company: Company, owner: User) -> None:
    one = make_endpoint(session, make_live_project(session, company=company, by=owner), by=owner)
    other = make_endpoint(session, make_live_project(session, company=company, by=owner), by=owner)
    other.sealed_key = one.sealed_key
    with pytest.raises(KeyLost):
        service.model_address(other, SEALER)


def test_the_record_says_who_did_what_and_no_key(
    mine: Pages, session: Session, project: Project, owner: User
) -> None:
    send(mine, project, url="scripted:practice")
    mine.post("projects.try_model", project_id=project.id)
    mine.post("projects.remove_model", project_id=project.id)
    found = records(session, project)
    assert [record.tag.rpartition(":")[2] for record in found] == ["set_model", "test_model", "remove_model"]
    assert {record.actor_id for record in found} == {owner.id}
    assert found[0].detail == {"new_key": True, "replies": 150}
    told = str([record.detail for record in found])
    assert KEY not in told
    assert "scripted" not in told


def test_nothing_is_logged_or_printed(
    mine: Pages,
    project: Project,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    send(mine, project)
    send(mine, project, url="http://10.0.0.1", key=KEY)
    show(mine, project)
    told = caplog.text + "".join(capfd.readouterr())
    assert KEY not in told


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"url": ""}, "Enter the address"),
        ({"url": "http://models.example.org/v1"}, "begins with https://"),
        ({"url": "models.example.org"}, "web address"),
        ({"url": "https://127.0.0.1/v1"}, "private network"),
        ({"url": "https://localhost/v1"}, "private network"),
        ({"url": "https://169.254.169.254/latest"}, "private network"),
        ({"url": "https://2130706433/"}, "as a name"),
        ({"url": "https://models.example.org:8443/v1"}, "Use port 443"),
        ({"url": "https://ada:secret@models.example.org/"}, "password out of the address"),
        ({"url": "https://models.example.org/v1?key=1"}, "Take away everything"),
        ({"url": "https://" + "a" * 500}, "500 characters"),
        ({"url": "scripted:villain"}, "no such practice model"),
        ({"model": ""}, "Enter the name"),
        ({"model": "m" * 201}, "200 characters"),
        ({"key": "two words"}, "no spaces"),
        ({"key": "sk-ü"}, "no spaces"),
        ({"key": "k" * 501}, "500 characters"),
        ({"no_key": "y"}, "not both"),
        ({"replies_a_day": ""}, "Enter how many"),
        ({"replies_a_day": "0"}, "from 1 to 2,000"),
        ({"replies_a_day": "2001"}, "from 1 to 2,000"),
        ({"replies_a_day": "many"}, "whole number"),
        ({"system_prompt": "x" * 8001}, "8,000 characters"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    mine: Pages, session: Session, project: Project, change: dict[str, str], message: str
) -> None:
    page = send(mine, project, **change)
    assert page.status == 422
    assert message in page.errors()
    assert KEY not in page.answer.text
    assert queries.model_endpoint(session, project.id) is None


def test_everything_that_is_wrong_is_said_at_once(mine: Pages, project: Project) -> None:
    page = send(mine, project, url="http://models.example.org", key="two words", replies_a_day="0")
    assert "begins with https://" in page.errors()
    assert "no spaces" in page.errors()
    assert "from 1 to 2,000" in page.errors()


def test_an_empty_box_keeps_the_key_and_a_tick_removes_it(
    mine: Pages, session: Session, project: Project
) -> None:
    send(mine, project)
    before = endpoint(session, project).sealed_key
    assert send(mine, project, key="", model="m-2", url="https://models.example.org/v2").status == 303
    kept = endpoint(session, project)
    assert (kept.model, kept.sealed_key) == ("m-2", before)
    assert send(mine, project, key="", no_key="y").status == 303
    assert endpoint(session, project).sealed_key == ""
    assert "None" in show(mine, project).text


def test_a_kept_key_is_not_sent_to_another_host(mine: Pages, session: Session, project: Project) -> None:
    """Else a manager who was never given the key could have it sent to a server of their own."""
    send(mine, project)
    page = send(mine, project, key="", url="https://thief.example.org/v1")
    assert page.status == 422
    assert "Enter the key for it" in page.errors()
    assert endpoint(session, project).url == "https://models.example.org/v1"
    assert send(mine, project, url="https://other.example.org/v1").status == 303
    with pytest.raises(Conflict, match="somewhere else"):
        service.set_model(
            session,
            project,
            by=make_user(session),
            setup=make_setup(key=None, url="https://thief.example.org"),
            sealer=SEALER,
        )


def test_other_members_may_not(
    pages: Pages, session: Session, company: Company, owner: User, project: Project
) -> None:
    make_endpoint(session, project, by=owner)
    pages.enter(make_owner(session, company, role=MemberRole.VIEWER), "member")
    assert show(pages, project).status == 403
    assert [pages.post(view, GOOD, project_id=project.id).status for view in VIEWS] == [403] * 3
    assert "Model" not in [
        link.text for link in pages.get("projects.show", project_id=project.id).all("a") if link.text
    ]


def test_a_manager_may(pages: Pages, session: Session, company: Company, project: Project) -> None:
    pages.enter(make_owner(session, company, role=MemberRole.MANAGER), "member")
    assert send(pages, project).status == 303


def test_for_another_company_it_does_not_exist(
    pages: Pages, session: Session, owner: User, project: Project
) -> None:
    make_endpoint(session, project, by=owner)
    pages.enter(make_owner(session, make_company(session)), "member")
    assert show(pages, project).status == 404
    assert [pages.post(view, GOOD, project_id=project.id).status for view in VIEWS] == [404] * 3
    assert endpoint(session, project).updated_by_id == owner.id


@pytest.mark.parametrize("role", [Role.EXPERT, Role.REVIEWER, Role.OPS, Role.ADMIN])
def test_nobody_else_comes_in(pages: Pages, session: Session, project: Project, role: Role) -> None:
    pages.enter(make_user(session, roles=[role]))
    assert show(pages, project).status == 403
    assert [pages.post(view, GOOD, project_id=project.id).status for view in VIEWS] == [403] * 3


def test_other_kinds_of_work_have_no_model(
    mine: Pages, session: Session, company: Company, owner: User, project: Project
) -> None:
    other = make_project(session, company=company, by=owner)
    assert show(mine, other).status == 404
    assert [mine.post(view, GOOD, project_id=other.id).status for view in VIEWS] == [404] * 3
    address = mine.path("projects.model", project_id=project.id)
    assert address in mine.get("projects.show", project_id=project.id).answer.text
    assert "/model" not in mine.get("projects.show", project_id=other.id).answer.text


def test_a_project_that_is_over_takes_no_model(session: Session, company: Company, owner: User) -> None:
    project = make_live_project(session, company=company, by=owner, state="closed")
    with pytest.raises(Conflict, match="over"):
        make_endpoint(session, project, by=owner)


def test_removing_forgets_the_key_and_happens_once(mine: Pages, session: Session, project: Project) -> None:
    send(mine, project)
    assert mine.post("projects.remove_model", project_id=project.id).status == 303
    assert mine.post("projects.remove_model", project_id=project.id).status == 303
    assert queries.model_endpoint(session, project.id) is None
    assert len(records(session, project)) == 2
    assert mine.post("projects.try_model", project_id=project.id).status == 404


def test_the_practice_model_answers_the_test(mine: Pages, session: Session, project: Project) -> None:
    send(mine, project, url="scripted:practice", key="", no_key="y")
    assert "Not tested" in show(mine, project).text
    assert mine.post("projects.try_model", project_id=project.id).status == 303
    assert endpoint(session, project).test_passed
    page = show(mine, project)
    assert "It answered" in page.text
    assert script.GREETING in page.text
    send(mine, project, url="scripted:steady", key="", no_key="y")
    assert "Not tested" in show(mine, project).text, "what was tested is not what is set now"


def with_own(app: Application, monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """Let the operator name this port of the machine."""
    gateways: Gateways = app.extensions["assay"][Gateways]
    models = wiring.make_models((f"127.0.0.1:{port}",))
    changed = Gateways(gateways.stripe, gateways.mail, gateways.storage, models)
    monkeypatch.setitem(app.extensions["assay"], Gateways, changed)


def outcome_of(
    mine: Pages, monkeypatch: pytest.MonkeyPatch, project: Project, behave: Behaviour
) -> tuple[Page, Any]:
    with serving(behave) as server:
        with_own(mine.app, monkeypatch, server.port)
        assert send(mine, project, url=server.url, system_prompt="Be kind.").status == 303
        assert mine.post("projects.try_model", project_id=project.id).status == 303
        return show(mine, project), server.asked


def test_a_button_that_is_hammered_asks_the_model_once(
    mine: Pages, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(talk("Hello.")) as server:
        with_own(mine.app, monkeypatch, server.port)
        send(mine, project, url=server.url)
        for _ in range(5):
            assert mine.post("projects.try_model", project_id=project.id).status == 303
        assert len(server.asked) == 1
        page = show(mine, project)
        assert "Wait 10 seconds" in page.text
        assert "Hello." in page.text, "what it said stays"
        with clock.shifted(timedelta(seconds=11)):
            mine.post("projects.try_model", project_id=project.id)
        assert len(server.asked) == 2
        send(mine, project, url=server.url)
        mine.post("projects.try_model", project_id=project.id)
        assert len(server.asked) == 3, "what was changed can be tested at once"


def test_a_test_calls_the_model_after_the_commit(
    mine: Pages, session: Session, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, asked = outcome_of(mine, monkeypatch, project, talk("Hello ", "<b>there</b>"))
    assert "Hello <b>there</b>" in page.text
    assert "<b>there" not in page.answer.text
    assert asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert [message["role"] for message in asked[0].body["messages"]] == ["system", "user"]
    assert endpoint(session, project).test_passed


def test_a_long_reply_is_not_waited_for(
    mine: Pages, session: Session, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, _ = outcome_of(mine, monkeypatch, project, talk(*(["word "] * 2_000)))
    assert "It answered" in page.text
    assert len(endpoint(session, project).test_said) == service.TEST_CHARACTERS


def test_a_failure_is_shown_as_a_sentence(
    mine: Pages, session: Session, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, _ = outcome_of(mine, monkeypatch, project, answers("401 Unauthorized", body=KEY.encode()))
    assert "It did not answer" in page.text
    assert "refused the key" in page.text
    assert KEY not in page.answer.text
    assert not endpoint(session, project).test_passed


def test_a_test_of_what_is_no_longer_set_is_not_kept(session: Session, project: Project, owner: User) -> None:
    kept = make_endpoint(session, project, by=owner)
    before = kept.updated_at
    make_endpoint(session, project, by=owner, model="m-2")
    said = {"by_id": owner.id, "passed": True, "said": "Hello"}
    assert not service.note_test(session, project.id, as_of=before, **said)
    session.flush()
    assert endpoint(session, project).tested_at is None
    assert service.note_test(session, project.id, as_of=endpoint(session, project).updated_at, **said)


def test_secrets_are_changed_in_three_steps(session: Session, project: Project, owner: User) -> None:
    kept = make_endpoint(session, project, by=owner)
    old, new = "x" * 32, "n" * 32
    both, alone = Sealer(old, new), Sealer("", new)
    assert service.model_address(kept, both).key == KEY
    with pytest.raises(KeyLost):
        service.model_address(kept, alone)
    assert service.key_ending(kept, alone) is None
    assert service.reseal_keys(session, both) == 1
    session.flush()
    assert service.model_address(endpoint(session, project), alone).key == KEY


def test_a_key_that_cannot_be_read_is_said_to_whoever_can_set_it(
    mine: Pages, session: Session, project: Project, owner: User
) -> None:
    kept = make_endpoint(session, project, by=owner)
    kept.sealed_key = Sealer("o" * 32).seal("other", KEY)
    session.flush()
    assert "The key cannot be read" in show(mine, project).text
    page = mine.post("projects.try_model", project_id=project.id)
    assert page.status == 409
    assert "set it again" in page.text
    assert send(mine, project).status == 303
    assert "ends in 6789" in show(mine, project).text


@pytest.mark.parametrize(
    ("key", "shown"), [("", ""), ("short-key", ""), ("k" * 11, ""), ("k" * 11 + "z", "kkkz")]
)
def test_the_end_of_a_short_key_would_give_it_away(key: str, shown: str) -> None:
    assert policy.ending(key) == shown
