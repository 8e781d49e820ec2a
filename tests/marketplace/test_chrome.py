"""The frame around every page: which link of the navigation says where one is."""

import pytest
from sqlalchemy.orm import Session

from marketplace.identity.models import Role
from tests.factories.companies import make_member
from tests.factories.identity import make_user
from tests.factories.projects import make_project
from tests.pages import Page, Pages


def current(page: Page) -> list[str]:
    """What the navigation marks; tabs inside the page are none of it."""
    marked = [
        link for nav in page.all("nav")[:1] for link in nav.iter() if link.get("aria-current") == "page"
    ]
    return ["".join(link.itertext()).strip() for link in marked]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/company/projects", ["Projects"]),
        ("/company/projects/{id}", ["Projects"]),
        ("/company/projects/{id}/tasks", ["Projects"]),
        ("/company/projects/{id}/exports", ["Projects"]),
        ("/company/billing", ["Billing"]),
        ("/company", []),
    ],
)
def test_a_company_sees_where_it_is(session: Session, pages: Pages, path: str, said: list[str]) -> None:
    project = make_project(session)
    pages.enter(make_member(session, project.company).user)
    assert current(pages.get(path.format(id=project.id))) == said


def test_an_expert_sees_where_they_are(session: Session, pages: Pages) -> None:
    pages.enter(make_user(session, roles=[Role.EXPERT]))
    assert current(pages.get("/jobs")) == ["Jobs"]
    assert current(pages.get("/tasks")) == ["My work"]
    assert current(pages.get("/profile/edit")) == ["Profile"]
