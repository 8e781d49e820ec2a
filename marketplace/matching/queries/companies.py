"""A company's own rules as conditions of a statement; `policy.companies` answers the same from facts."""

import operator
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, not_, or_, select, true
from sqlalchemy.orm import aliased

from config.fields import TIERS
from marketplace.experts.models import Credential, CredentialKind
from marketplace.kit.money import BASIS
from marketplace.matching.queries import rules
from marketplace.matching.queries.cases import Case
from marketplace.matching.queries.rules import Condition
from marketplace.projects.models import Project
from marketplace.projects.policy import Group, Leaf, Tree
from marketplace.reputation.models import Reputation, WorkedOn

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
_POSITIVE = frozenset({"eq", "in", "exists"})


def company(who: Case) -> Condition:
    """Everything the job's company asks for besides the rules of the house."""
    if who.failing is not None:
        left_out: Condition = who.job.rules_key.not_in(who.failing)
        return left_out
    told = [(who.job.rules_key == key, condition(tree, who)) for key, tree in who.trees.items()]
    return case((who.job.rules_key == "", true()), *told, else_=false())


def condition(tree: Tree, who: Case) -> Condition:
    """One company's rules."""
    return _join(tree.join, [_part(part, who) for part in tree.parts])


def _part(part: Leaf | Group, who: Case) -> Condition:
    if isinstance(part, Leaf):
        return _leaf(part, who)
    return _join(part.join, [_leaf(leaf, who) for leaf in part.leaves])


def _join(join: str, parts: list[Condition]) -> Condition:
    return and_(true(), *parts) if join == "all" else or_(false(), *parts)


def _leaf(leaf: Leaf, who: Case) -> Condition:
    return _FACTS[leaf.fact](leaf, who)


def _tier(leaf: Leaf, who: Case) -> Condition:
    rank, wanted = rules.tier_rank(who), [TIERS[slug].rank for slug in leaf.slugs]
    if leaf.op in _COMPARE:
        found: Condition = _COMPARE[leaf.op](rank, wanted[0])
        return found
    return rank.in_(wanted) if leaf.op == "in" else rank.not_in(wanted)


def _credential(leaf: Leaf, who: Case) -> Condition:
    kinds = [CredentialKind(slug) for slug in leaf.slugs]
    named = [Credential.kind.in_(kinds)] if kinds else []
    return _some(
        leaf, select(Credential.id).where(*rules.counting(who), *named).correlate_except(Credential).exists()
    )


def _specialty(leaf: Leaf, who: Case) -> Condition:
    named = [
        or_(Credential.specialty == slug, Credential.specialty.startswith(f"{slug}.", autoescape=True))
        for slug in leaf.slugs
    ]
    found = select(Credential.id).where(*rules.held(who), *([or_(*named)] if named else []))
    return _some(leaf, found.correlate_except(Credential).exists())


def _language(leaf: Leaf, who: Case) -> Condition:
    if not leaf.slugs:
        return _some(leaf, who.expert.languages != {})
    wanted = rules.level_rank(who.job.language_level)
    spoken = (
        and_(level >= wanted, level >= 0) for level in (rules.level_of(who, slug) for slug in leaf.slugs)
    )
    return _some(leaf, or_(*spoken))


def _country(leaf: Leaf, who: Case) -> Condition:
    if not leaf.slugs:
        return _some(leaf, who.expert.country != "")
    return and_(who.expert.country != "", _some(leaf, who.expert.country.in_(leaf.slugs)))


def _approved_count(leaf: Leaf, who: Case) -> Condition:
    return _measured(leaf, _sum(who, Reputation.approved_count), None)


def _approved_first_time(leaf: Leaf, who: Case) -> Condition:
    decided = _sum(who, Reputation.approved_count + Reputation.rejected_count)
    return _measured(leaf, decided, _sum(who, Reputation.first_time_count))


def _gold_accuracy(leaf: Leaf, who: Case) -> Condition:
    return _measured(leaf, _sum(who, Reputation.gold_count), _sum(who, Reputation.gold_right_count))


def _worked_on_project(leaf: Leaf, who: Case) -> Condition:
    past = aliased(Project)
    found = select(WorkedOn.id).join(past, past.id == WorkedOn.project_id)
    found = found.where(WorkedOn.user_id == who.user.id, past.company_id == who.job.company_id)
    return _some(leaf, found.correlate_except(WorkedOn, past).exists())


def _some(leaf: Leaf, found: Condition) -> Condition:
    return found if leaf.op in _POSITIVE else not_(found)


def _measured(leaf: Leaf, whole: ColumnElement[int], part: ColumnElement[int] | None) -> Condition:
    """A count, or a share of a whole; a share of nothing is not known, so nothing is true of it."""
    if leaf.op in {"exists", "not_exists"}:
        return _some(leaf, whole > 0)
    if part is None:
        found: Condition = _COMPARE[leaf.op](whole, leaf.number)
        return found
    return and_(whole > 0, _COMPARE[leaf.op](part * BASIS, whole * leaf.number))


def _sum(who: Case, column: Any) -> ColumnElement[int]:
    total = select(func.coalesce(func.sum(column), 0)).where(Reputation.user_id == who.user.id)
    return total.correlate_except(Reputation).scalar_subquery()


_FACTS: dict[str, Callable[[Leaf, Case], Condition]] = {
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
