"""A mark in the address is ours or nobody's: never a database error."""

import base64
import json

import pytest

from marketplace.identity.models import Role
from tests.factories.identity import make_user

ID = "01890a5d-ac96-774b-bcce-b302099a8057"
MOMENT = "2026-01-01T00:00:00+00:00"


def mark(values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


FOREIGN = [
    *([value] for value in (5, None, True, 1.5, [1], {}, "x", "\ud800", "a\0", 2**70, MOMENT)),
    *([5, value] for value in (5, "x", "\ud800")),
    *([MOMENT, value] for value in (5, None, "x", {})),
    ["9999-12-31T23:59:59-14:00", ID],
    [-1, 1, ID],
    {"a": 1},
    5,
    "ab",
]


@pytest.mark.parametrize("path", ["/jobs?", "/jobs?sort=pay&", "/inbox?", "/staff/people?", "/staff/audit?"])
def test_a_mark_that_is_not_ours_is_no_page(pages, session, path):
    pages.enter(make_user(session, roles=[Role.ADMIN]))
    answers = {repr(values): pages.get(f"{path}after={mark(values)}").status for values in FOREIGN}
    assert answers == dict.fromkeys(answers, 404)
