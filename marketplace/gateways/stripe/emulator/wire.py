"""Stripe's manners on the wire: bracket-coded forms, prefixed ids, errors."""

import re
from collections.abc import Iterable
from typing import Any

from marketplace.kit import ids

DEPTH = 8
LETTERS = 24
BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 400, 401, 403, 404
CONFLICT, TOO_MANY, SERVER_ERROR = 409, 429, 500
_PART = re.compile(r"\[([^\[\]]*)\]")
Tree = dict[str, Any]


class ApiError(Exception):
    """An error as Stripe says it.  `saved`: kept under the idempotency key, because work had begun."""

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        status: int = BAD_REQUEST,
        kind: str = "invalid_request_error",
        saved: bool = True,
    ) -> None:
        super().__init__(message)
        self.status, self.saved = status, saved
        said = {"type": kind, "code": code, "param": param, "message": message}
        self.body = {"error": {name: value for name, value in said.items() if value is not None}}


def new_id(prefix: str) -> str:
    """`tr_...`, `cs_test_...`: the prefix says what it is, 24 letters nobody can guess."""
    return prefix + ids.token().replace("-", "a").replace("_", "b")[:LETTERS]


def nest(pairs: Iterable[tuple[str, str]]) -> Tree:
    """`a[b][0]=c` as a tree; numbered and empty brackets are lists."""
    tree: Tree = {}
    for name, value in pairs:
        head, _, _ = name.partition("[")
        parts = [head, *_PART.findall(name[len(head) :])]
        if len(parts) > DEPTH:
            raise ApiError(f"Invalid parameter: {head}", param=head, saved=False)
        _put(tree, parts, value)
    return {name: _lists(value) for name, value in tree.items()}


def _put(tree: Tree, parts: list[str], value: str) -> None:
    *path, last = parts
    for part in path:
        inner = tree.setdefault(part or str(len(tree)), {})
        if not isinstance(inner, dict):
            raise ApiError(f"Invalid parameter: {parts[0]}", param=parts[0], saved=False)
        tree = inner
    tree[last or str(len(tree))] = value


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _lists(item) for name, item in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner
