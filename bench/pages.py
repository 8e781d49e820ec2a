"""Whole pages over a crowd, as a browser asks for them: the board, a search, and who fits."""

import uuid
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

import sqlalchemy as sa

from marketplace.companies.models import Company, Member, MemberRole
from marketplace.experts import queries as experts
from marketplace.identity import service as identity
from marketplace.identity.models import Role
from marketplace.kit.application import Application
from marketplace.kit.database import transaction
from tests.factories.identity import make_user

WORDS = "heart specialist"
PLAN = {
    "tier": "licensed",
    "specialty": "medicine.cardiology",
    "language": "en",
    "rules-join": "all",
    "rules-0-fact": "country",
    "rules-0-op": "in",
    "rules-0-value": "US",
}
Ask = Callable[[], None]


def requests(app: Application, expert_id: uuid.UUID) -> Mapping[str, Ask]:
    """Name -> one request through the whole application, from the cookie to the last byte."""
    expert, member = _signed_in(app, expert_id)
    search = f"/jobs?{urlencode({'q': WORDS})}"
    return {
        "GET /jobs, visitor": _get(app, "/jobs", None),
        "GET /jobs, expert": _get(app, "/jobs", expert),
        "GET /jobs?eligible, expert": _get(app, "/jobs?eligible=yes", expert),
        "GET /jobs?sort=fit, expert": _get(app, "/jobs?sort=fit", expert),
        "GET /jobs?q, visitor": _get(app, search, None),
        "GET /jobs?q, expert": _get(app, search, expert),
        "GET who fits, company": _get(app, f"/company/projects/fit?{urlencode(PLAN)}", member),
    }


def _signed_in(app: Application, expert_id: uuid.UUID) -> tuple[str, str]:
    with transaction(app.sessions) as session:
        expert = experts.expert(session, expert_id)
        company = session.scalars(sa.select(Company).limit(1)).one()
        owner = make_user(session, roles=[Role.MEMBER])
        session.add(Member(company=company, user=owner, role=MemberRole.OWNER))
        if expert is None:
            raise RuntimeError("the crowd has no such expert")
        identity.grant(session, expert.user, Role.EXPERT, by=None)
        tokens = [identity.open_sign_in(session, one, device="bench").token for one in (expert.user, owner)]
    return tokens[0], tokens[1]


def _get(app: Application, path: str, token: str | None) -> Ask:
    client = app.test_client()
    if token is not None:
        client.set_cookie(app.cookie, token)

    def ask() -> None:
        status = client.get(path, headers={"HX-Request": "true"} if "/fit" in path else {}).status_code
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")

    return ask
