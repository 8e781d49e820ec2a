"""Who money is about in most tests of billing; a test file may have others of the same name."""

import pytest
from sqlalchemy.orm import Session

from marketplace.companies.models import Member
from marketplace.identity.models import Role, User
from marketplace.kit.application import Application
from tests.factories.billing import make_payer, make_settled
from tests.factories.identity import make_user


@pytest.fixture
def payer(app: Application, session: Session) -> Member:
    """An owner whose company has 1,000 dollars in its wallet."""
    payer = make_payer(session)
    make_settled(app, session, payer)
    return payer


@pytest.fixture
def finance(session: Session) -> User:
    """Somebody in finance."""
    return make_user(session, roles=[Role.FINANCE])
