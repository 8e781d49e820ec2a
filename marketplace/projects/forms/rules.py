"""A company's rules as rows of fact, comparison and value; rows are added and removed without scripts too."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import wtforms
from werkzeug.datastructures import MultiDict
from wtforms.validators import ValidationError

from marketplace.projects.policy import (
    EMPTY,
    FACTS,
    GROUPS_MAXIMUM,
    LEAVES_MAXIMUM,
    SEVERAL,
    VALUELESS,
    Fact,
    Group,
    Leaf,
    RuleProblem,
    Tree,
    read_rules,
    rule_leaf,
    rule_rows,
    summary,
)

COMPARISONS = {
    "eq": "is",
    "ne": "is not",
    "in": "is one of",
    "not_in": "is none of",
    "lt": "is under",
    "le": "is at most",
    "gt": "is over",
    "ge": "is at least",
    "exists": "is there",
    "not_exists": "is not there",
}
_PERCENT = 100


@dataclass(slots=True)
class RuleRow:
    """One row as it was typed; `group` 0 stands in the first list."""

    fact: str
    op: str
    values: list[str] = field(default_factory=list)
    group: int = 0

    @property
    def known(self) -> Fact:
        """What the row asks for."""
        return FACTS[self.fact]

    @property
    def takes(self) -> str:
        """How many values the comparison takes: "none", "one" or "several"."""
        if self.op in VALUELESS:
            return "none"
        return "several" if self.op in SEVERAL else "one"

    @property
    def lacks(self) -> str:
        """What is missing before the row can be asked, as a sentence; empty when nothing is."""
        if self.takes != "none" and not any(value.strip() for value in self.values):
            wanted = "Choose a value." if self.known.values else "Enter a number."
            return f"{wanted} Until then this rule does not count."
        try:
            self.leaf()
        except RuleProblem as problem:
            return str(problem)
        return ""

    def leaf(self) -> Leaf:
        """The question; RuleProblem with a sentence when it cannot be asked."""
        if self.op in VALUELESS or self.known.values:
            return rule_leaf(self.fact, self.op, [one for one in self.values if one])
        text = (self.values or [""])[0].strip().removesuffix("%").strip().replace(",", "")
        try:
            number = float(text)
        except ValueError:
            raise RuleProblem(f"Enter a number for “{self.known.title}”.") from None
        return rule_leaf(self.fact, self.op, number / _PERCENT if self.known.unit else number)


class RulesField(wtforms.Field):
    """The rows under `rules-<n>-fact`, `-op`, `-value` and `-group`, and `rules-join`; `data` is a Tree."""

    rows: list[RuleRow]
    join: str

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the rows of a sent form, or those of stored rules."""
        self.process_errors, self.errors = [], ()
        if formdata is not None and f"{self.name}-join" in formdata:
            self.join = "any" if formdata[f"{self.name}-join"] == "any" else "all"
            self.rows = list(_sent(formdata, self.name))[:LEAVES_MAXIMUM]
            self.chosen = {
                key: value for key, value in formdata.items() if key.startswith(f"{self.name}-new-")
            }
        else:
            tree = read_rules(data or {})
            self.join, self.rows, self.chosen = tree.join, list(_stored(tree)), {}
        self.data = None

    def tree(self, *, finished: bool = False) -> Tree:
        """The rules in the rows; RuleProblem with a sentence for the first row that cannot be asked.

        `finished` leaves out rows that lack something, so that there is a count while one is being written.
        """
        parts: list[Leaf | Group] = []
        for number, rows in self.grouped():
            leaves = tuple(row.leaf() for _, row in rows if not finished or not row.lacks)
            if number == 0:
                parts += leaves
            elif leaves:
                parts.append(Group("any" if self.join == "all" else "all", leaves))
        return (
            read_rules(Tree("any" if self.join == "any" else "all", tuple(parts)).to_json())
            if parts
            else EMPTY
        )

    def pre_validate(self, form: Any) -> None:
        """Refuse the form with the sentence of the first row that cannot be asked."""
        try:
            self.tree()
        except RuleProblem as problem:
            raise ValidationError(str(problem)) from problem

    def grouped(self) -> Sequence[tuple[int, list[tuple[int, RuleRow]]]]:
        """The rows with their places, by group; the first list comes first, empty or not."""
        groups: dict[int, list[tuple[int, RuleRow]]] = {0: []}
        for place, row in enumerate(self.rows):
            groups.setdefault(row.group, []).append((place, row))
        return sorted(groups.items())

    def summary(self) -> str:
        """The finished rules in words; empty when there are none."""
        return summary(self.tree(finished=True))

    @property
    def unfinished(self) -> Sequence[tuple[int, RuleRow]]:
        """The rows that lack something, with their places."""
        return [(place, row) for place, row in enumerate(self.rows) if row.lacks]

    def changed_by(self, action: str) -> None:
        """Add or remove a row: `rule:add:<group>`, `rule:group`, `rule:remove:<place>`; others do nothing.

        `rule:show` is one of those: the row is drawn anew with the control its comparison takes.
        """
        verb, _, number = action.removeprefix("rule:").partition(":")
        place = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0  # noqa: PLR2004 - places are small
        if verb == "remove":
            self.rows = [row for at, row in enumerate(self.rows) if at != place]
        elif len(self.rows) < LEAVES_MAXIMUM and verb in {"add", "group"}:
            last = max((row.group for row in self.rows), default=0)
            group = min(last + 1, GROUPS_MAXIMUM) if verb == "group" else min(place, last)
            fact = self.chosen.get(f"{self.name}-new-{0 if verb == 'group' else place}", "tier")
            known = FACTS.get(fact, FACTS["tier"])
            self.rows.append(RuleRow(known.slug, known.operators[0], [], group))


def _sent(formdata: MultiDict[str, Any], name: str) -> Iterator[RuleRow]:
    for place in range(LEAVES_MAXIMUM):
        prefix = f"{name}-{place}"
        fact = formdata.get(f"{prefix}-fact", "")
        if fact not in FACTS:
            continue
        group = formdata.get(f"{prefix}-group", "0")
        number = int(group) if group.isascii() and group.isdigit() and len(group) == 1 else 0
        values = [str(one)[:40] for one in formdata.getlist(f"{prefix}-value")]
        yield RuleRow(fact, formdata.get(f"{prefix}-op", ""), values, min(number, GROUPS_MAXIMUM))


def _stored(tree: Tree) -> Iterator[RuleRow]:
    for group, leaf in rule_rows(tree):
        yield RuleRow(leaf.fact, leaf.op, _typed(leaf), group)


def _typed(leaf: Leaf) -> list[str]:
    if leaf.op in VALUELESS:
        return []
    if isinstance(leaf.value, int):
        return [f"{leaf.value / _PERCENT:g}" if FACTS[leaf.fact].unit else str(leaf.value)]
    return list(leaf.value)


def fact_titles() -> Mapping[str, str]:
    """What a rule may ask, for the list of a new row."""
    return {fact.slug: fact.title for fact in FACTS.values()}
