"""A company's own rules: a tree of `all` and `any`, two levels deep, over verified facts.  Pure."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from config.countries import COUNTRIES
from config.fields import SPECIALTIES, TIERS
from config.languages import LANGUAGES
from marketplace.experts.models import CredentialKind
from marketplace.kit.money import BASIS

LEAVES_MAXIMUM, GROUPS_MAXIMUM, VALUES_MAXIMUM, COUNT_MAXIMUM = 12, 4, 20, 1_000_000
OPERATORS = ("eq", "ne", "in", "not_in", "lt", "le", "gt", "ge", "exists", "not_exists")
VALUELESS = frozenset({"exists", "not_exists"})
SEVERAL = frozenset({"in", "not_in"})
_MEMBERS = ("in", "not_in", "eq", "ne", "exists", "not_exists")
_ORDERED = ("ge", "le", "gt", "lt", "eq", "ne")
_NEVER = frozenset(
    {"age", "birthplace", "ethnicity", "gender", "name", "nationality", "photo", "race", "religion", "sex"}
)
Join = Literal["all", "any"]


class RuleProblem(ValueError):
    """Why a rule cannot be used, as a sentence."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a rule may ask: its values by what people call them (none: a number), its operators."""

    slug: str
    title: str
    operators: tuple[str, ...]
    values: Mapping[str, str]
    unit: str = ""  # of a number: "" counts, "%" is a share


@dataclass(frozen=True, slots=True)
class Leaf:
    """One question: `value` is a tuple of slugs, or a whole number (a share in ten-thousandths)."""

    fact: str
    op: str
    value: tuple[str, ...] | int = ()

    @property
    def number(self) -> int:
        """The value of a question about a number."""
        return self.value if isinstance(self.value, int) else 0

    @property
    def slugs(self) -> tuple[str, ...]:
        """The values of a question about names."""
        return () if isinstance(self.value, int) else self.value


@dataclass(frozen=True, slots=True)
class Group:
    """Questions under one `all` or `any`."""

    join: Join
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """The whole rule of a project."""

    join: Join
    parts: tuple[Leaf | Group, ...]

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Every question in it."""
        return tuple(
            leaf for part in self.parts for leaf in ((part,) if isinstance(part, Leaf) else part.leaves)
        )

    def to_json(self) -> dict[str, Any]:
        """As it is stored; an empty tree is an empty object."""
        return _joined(self.join, [_part_json(part) for part in self.parts]) if self.parts else {}


EMPTY = Tree("all", ())
_KINDS = {kind.value: kind.value.replace("_", " ").capitalize() for kind in CredentialKind}
FACTS: Mapping[str, Fact] = {
    fact.slug: fact
    for fact in (
        Fact(
            "tier",
            "Tier",
            ("ge", "le", "gt", "lt", "eq", "ne", "in", "not_in"),
            {t.slug: t.title for t in TIERS.values()},
        ),
        Fact("credential", "Verified credential in the field", _MEMBERS, _KINDS),
        Fact("specialty", "Verified specialty", _MEMBERS, {s.slug: s.title for s in SPECIALTIES.values()}),
        Fact("language", "Language", _MEMBERS, LANGUAGES),
        Fact("country", "Country", _MEMBERS, COUNTRIES),
        Fact("approved_count", "Approved tasks", (*_ORDERED, "exists", "not_exists"), {}),
        Fact(
            "approved_first_time",
            "Decided work approved the first time",
            (*_ORDERED, "exists", "not_exists"),
            {},
            "%",
        ),
        Fact(
            "gold_accuracy",
            "Right on tasks with a known answer",
            (*_ORDERED, "exists", "not_exists"),
            {},
            "%",
        ),
        Fact("worked_on_project", "Approved work for your company", ("exists", "not_exists"), {}),
    )
}


def read(stored: Mapping[str, Any]) -> Tree:
    """The tree in a JSON object; RuleProblem with a sentence when it is none."""
    if not stored:
        return EMPTY
    join, rows = _join(stored)
    tree = Tree(join, tuple(_part(row) for row in rows))
    if len(tree.leaves) > LEAVES_MAXIMUM:
        raise RuleProblem(f"Keep to {LEAVES_MAXIMUM} rules.")
    if sum(isinstance(part, Group) for part in tree.parts) > GROUPS_MAXIMUM:
        raise RuleProblem(f"Keep to {GROUPS_MAXIMUM} groups.")
    return tree


def problem(stored: Mapping[str, Any]) -> str | None:
    """Why these rules cannot be used, as a sentence; None when they can."""
    try:
        read(stored)
    except RuleProblem as found:
        return str(found)
    return None


def key(tree: Tree, *, specialty: str, level: str, company_id: object) -> str:
    """The same for two projects whose rules say the same about everybody; "" when there are none."""
    if not tree.parts:
        return ""
    asked = {leaf.fact for leaf in tree.leaves}
    said = [
        tree.to_json(),
        specialty if asked & {"tier", "credential"} else "",
        level if "language" in asked else "",
        str(company_id) if "worked_on_project" in asked else "",
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]


def leaf(fact: object, op: object, value: object = None) -> Leaf:
    """One question, checked; RuleProblem with a sentence when it cannot be asked."""
    if isinstance(fact, str) and fact in _NEVER:
        raise RuleProblem(f"A rule never asks for {fact}: work is given by what people have proved.")
    if not isinstance(fact, str) or fact not in FACTS:
        raise RuleProblem(f"Choose what the rule asks: {', '.join(FACTS)}.")
    known = FACTS[fact]
    if op not in known.operators:
        raise RuleProblem(f"“{known.title}” cannot be compared like this. Choose from the list.")
    assert isinstance(op, str)  # noqa: S101 - it is one of the names above
    if op in VALUELESS:
        return Leaf(fact, op)
    return Leaf(fact, op, _slugs(known, op, value) if known.values else _number(known, value))


def _join(stored: Mapping[str, Any]) -> tuple[Join, list[Any]]:
    if not isinstance(stored, Mapping) or len(stored) != 1:
        raise RuleProblem("A rule is one list under “all” or under “any”.")
    name, rows = next(iter(stored.items()))
    if name not in {"all", "any"} or not isinstance(rows, list) or not rows:
        raise RuleProblem("A rule is one list under “all” or under “any”, with something in it.")
    return ("all" if name == "all" else "any"), rows


def _part(row: Any) -> Leaf | Group:
    if not isinstance(row, Mapping):
        raise RuleProblem("Each rule has a fact, a comparison and a value.")
    if "fact" in row:
        return _leaf(row)
    join, rows = _join(row)
    if any(not isinstance(one, Mapping) or "fact" not in one for one in rows):
        raise RuleProblem("Groups stand inside the first list and nowhere else.")
    return Group(join, tuple(_leaf(one) for one in rows))


def _leaf(row: Mapping[str, Any]) -> Leaf:
    if not set(row) <= {"fact", "op", "value"}:
        raise RuleProblem("Each rule has a fact, a comparison and a value.")
    return leaf(row.get("fact"), row.get("op"), row.get("value"))


def _slugs(known: Fact, op: str, value: object) -> tuple[str, ...]:
    given = value if isinstance(value, list | tuple) else [value]
    if not given or any(not isinstance(one, str) or one not in known.values for one in given):
        raise RuleProblem(f"Choose a value for “{known.title}” from the list.")
    chosen = tuple(dict.fromkeys(str(one) for one in given))
    if op not in SEVERAL and len(chosen) > 1:
        raise RuleProblem(f"“{known.title}” is compared with one value here. Choose “is one of” for several.")
    if len(chosen) > VALUES_MAXIMUM:
        raise RuleProblem(f"Choose at most {VALUES_MAXIMUM} values for “{known.title}”.")
    return chosen


def _number(known: Fact, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RuleProblem(f"Enter a number for “{known.title}”.")
    if known.unit:
        if not 0 <= value <= 1:
            raise RuleProblem(f"Enter 0 to 100 percent for “{known.title}”.")
        return round(value * BASIS)
    if not 0 <= value <= COUNT_MAXIMUM or value != int(value):
        raise RuleProblem(f"Enter a whole number up to {COUNT_MAXIMUM:,} for “{known.title}”.")
    return int(value)


def _joined(join: Join, rows: list[Any]) -> dict[str, Any]:
    return {join: rows}


def _part_json(part: Leaf | Group) -> dict[str, Any]:
    if isinstance(part, Group):
        return _joined(part.join, [_part_json(one) for one in part.leaves])
    row: dict[str, Any] = {"fact": part.fact, "op": part.op}
    if part.op in VALUELESS:
        return row
    if isinstance(part.value, int):
        return {**row, "value": part.value / BASIS if FACTS[part.fact].unit else part.value}
    return {**row, "value": list(part.value) if part.op in SEVERAL else part.value[0]}


def walk(tree: Tree) -> Iterator[tuple[int, Leaf]]:
    """Every question with the number of its group; 0 is the tree itself, groups count from 1."""
    number = 0
    for part in tree.parts:
        if isinstance(part, Group):
            number += 1
            yield from ((number, one) for one in part.leaves)
        else:
            yield 0, part
