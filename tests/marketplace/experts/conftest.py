"""Somebody to look at the pages."""

import pytest
from sqlalchemy.orm import Session

from marketplace.experts.models import Expert
from tests.factories.experts import make_expert
from tests.pages import Pages


@pytest.fixture
def expert(session: Session, pages: Pages) -> Expert:
    expert = make_expert(session)
    pages.enter(expert.user)
    return expert
