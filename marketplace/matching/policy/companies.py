"""A company's own rules from facts and in words; `queries.companies` says the same as SQL.  Pure."""

import operator
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, Protocol

from config.fields import TIERS, covers
from marketplace.experts import policy as experts
from marketplace.kit.money import BASIS
from marketplace.matching.policy.answers import Fix, RuleResult
from marketplace.matching.policy.people import Candidate
from marketplace.projects.policy import Group, Leaf, Tree, part_words, read_rules, summary

NAME = "company"
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
_POSITIVE = frozenset({"eq", "in", "exists"})
_CREDENTIAL = Fix("Add a credential", "/profile/credentials/new")
_FIXES = {
    "tier": _CREDENTIAL,
    "credential": _CREDENTIAL,
    "specialty": _CREDENTIAL,
    "language": Fix("Add a language to your profile", "/profile/edit"),
    "approved_count": Fix("Every approved task of any job counts", "/jobs"),
    "approved_first_time": Fix("Every approved task of any job counts", "/jobs"),
}


class Asked(Protocol):
    """The columns of a job that companies' rules speak of."""

    specialty: Any
    language_level: Any
    company_id: Any
    rules: Any


def company(person: Candidate, job: Asked) -> RuleResult:
    """Everything the company asks for besides the rules of the house, in its words, and what is missing."""
    tree = read_rules(job.rules)
    if not tree.parts:
        return RuleResult(NAME, passed=True, reason="The company asks for nothing else.")
    if meets(person, job, tree):
        return RuleResult(NAME, passed=True, reason=f"{summary(tree)}.")
    missing = [part for part in tree.parts if not _part(part, person, job)]
    said = (" and " if tree.join == "all" else " or ").join(part_words(part) for part in missing)
    reason = f"The company asks for: {summary(tree)}."
    if len(tree.parts) > len(missing):
        reason += f" You miss: {said}."
    coming = replace(person, credentials=[*person.credentials, *person.checked])
    if person.checked and meets(coming, job, tree):
        return RuleResult(
            NAME, passed=False, reason=f"{reason} Being checked. When it is verified, this is met."
        )
    return RuleResult(NAME, passed=False, reason=reason, fix=_fix(missing, person, job))


def meets(person: Candidate, job: Asked, tree: Tree) -> bool:
    """Whether the person meets all of these rules."""
    return _join(tree.join, [_part(part, person, job) for part in tree.parts])


def _part(part: Leaf | Group, person: Candidate, job: Asked) -> bool:
    if isinstance(part, Leaf):
        return _leaf(part, person, job)
    return _join(part.join, [_leaf(leaf, person, job) for leaf in part.leaves])


def _join(join: str, said: Collection[bool]) -> bool:
    return all(said) if join == "all" else any(said)


def _fix(missing: Collection[Leaf | Group], person: Candidate, job: Asked) -> Fix | None:
    """What helps with the first thing that is missing and can be helped."""
    leaves = [leaf for part in missing for leaf in ((part,) if isinstance(part, Leaf) else part.leaves)]
    for leaf in leaves:
        wants_more = leaf.op in _POSITIVE | {"ge", "gt"}
        if wants_more and leaf.fact in _FIXES and not _leaf(leaf, person, job):
            return _FIXES[leaf.fact]
    return None


def _leaf(leaf: Leaf, person: Candidate, job: Asked) -> bool:
    return _FACTS[leaf.fact](leaf, person, job)


def _tier(leaf: Leaf, person: Candidate, job: Asked) -> bool:
    rank = experts.reached(person.credentials, job.specialty).rank
    wanted = [TIERS[slug].rank for slug in leaf.slugs]
    if leaf.op in _COMPARE:
        return _COMPARE[leaf.op](rank, wanted[0])
    return (rank in wanted) is (leaf.op == "in")


def _credential(leaf: Leaf, person: Candidate, job: Asked) -> bool:
    held = {one.kind.value for one in person.credentials if covers(one.specialty, job.specialty)}
    return _some(leaf, held & set(leaf.slugs) if leaf.slugs else held)


def _specialty(leaf: Leaf, person: Candidate, job: Asked) -> bool:
    held = {one.specialty for one in person.credentials}
    return _some(
        leaf, [one for one in held for slug in leaf.slugs if covers(slug, one)] if leaf.slugs else held
    )


def _language(leaf: Leaf, person: Candidate, job: Asked) -> bool:
    if not leaf.slugs:
        return _some(leaf, person.expert.languages)
    return _some(leaf, [one for one in leaf.slugs if experts.speaks(person.expert, one, job.language_level)])


def _country(leaf: Leaf, person: Candidate, job: Asked) -> bool:
    lives = person.expert.country
    if not leaf.slugs:
        return _some(leaf, lives)
    return bool(lives) and _some(leaf, [one for one in leaf.slugs if one == lives])


def _approved_count(leaf: Leaf, person: Candidate, job: Asked) -> bool:
    return _measured(leaf, person.past.approved, None)


def _approved_first_time(leaf: Leaf, person: Candidate, job: Asked) -> bool:
    return _measured(leaf, person.past.approved + person.past.rejected, person.past.first_time)


def _gold_accuracy(leaf: Leaf, person: Candidate, job: Asked) -> bool:
    return _measured(leaf, person.past.gold, person.past.gold_right)


def _worked_on_project(leaf: Leaf, person: Candidate, job: Asked) -> bool:
    return _some(leaf, person.worked_for & {job.company_id})


def _some(leaf: Leaf, found: Collection[Any]) -> bool:
    return bool(found) is (leaf.op in _POSITIVE)


def _measured(leaf: Leaf, whole: int, part: int | None) -> bool:
    if leaf.op in {"exists", "not_exists"}:
        return (whole > 0) is (leaf.op == "exists")
    if part is None:
        return _COMPARE[leaf.op](whole, leaf.number)
    return whole > 0 and _COMPARE[leaf.op](part * BASIS, whole * leaf.number)


_FACTS: dict[str, Callable[[Leaf, Candidate, Asked], bool]] = {
    "tier": _tier,
    "credential": _credential,
    "specialty": _specialty,
    "language": _language,
    "country": _country,
    "approved_count": _approved_count,
    "approved_first_time": _approved_first_time,
    "gold_accuracy": _gold_accuracy,
    "worked_on_project": _worked_on_project,
}
