"""One request to the emulator, as its handlers see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from marketplace.gateways.stripe.emulator.params import Params
from marketplace.gateways.stripe.emulator.store import Body, Books
from marketplace.gateways.stripe.emulator.wire import NOT_FOUND, ApiError

PAGE = 10
LARGEST_PAGE = 100
BOUNDS: Mapping[str, Callable[[int, int], bool]] = {
    "gt": lambda made, bound: made > bound,
    "gte": lambda made, bound: made >= bound,
    "lt": lambda made, bound: made < bound,
    "lte": lambda made, bound: made <= bound,
}


@dataclass(frozen=True, slots=True)
class Call:
    """`values` are the parameters with their types, `ids` the parts of the path in its order."""

    books: Books
    values: Mapping[str, Any]
    ids: tuple[str, ...] = ()
    account: str | None = None  # whose list is asked for, when it is not the platform's


Handler = Callable[[Call], Body]


@dataclass(frozen=True, slots=True)
class Operation:
    """A verb and a path with `{}` for each id, what it takes, who does it."""

    method: str
    path: str
    params: Params
    handler: Handler
    lists: bool = field(default=False, kw_only=True)
    for_accounts: bool = field(default=False, kw_only=True)  # may be asked in the name of an account


def must(body: Body | None, noun: str, object_id: str, *, param: str = "id", status: int = NOT_FOUND) -> Body:
    """The object, or `resource_missing` as Stripe says it."""
    if body is None:
        raise ApiError(f"No such {noun}: '{object_id}'", code="resource_missing", param=param, status=status)
    return body


def page(call: Call, url: str, rows: list[Body]) -> Body:
    """One page of rows that are in order, newest first."""
    bounds = call.values.get("created", {})
    rows = [row for row in rows if all(BOUNDS[name](row["created"], bounds[name]) for name in bounds)]
    after = call.values.get("starting_after")
    if after is not None:
        places = [index for index, row in enumerate(rows) if row["id"] == after]
        rows = rows[places[0] + 1 :] if places else []
    size = min(call.values.get("limit", PAGE), LARGEST_PAGE)
    return {"object": "list", "url": url, "has_more": len(rows) > size, "data": rows[:size]}


def no_rows(url: str) -> Body:
    """An empty list."""
    return {"object": "list", "url": url, "has_more": False, "data": []}
