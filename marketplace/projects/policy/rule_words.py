"""A company's rules in the words an expert reads.  Pure."""

from collections.abc import Iterable

from config.fields import TIERS
from marketplace.kit.money import BASIS
from marketplace.projects.policy.rules import FACTS, Group, Leaf, Tree

_MORE = {
    "ge": "at least {}",
    "gt": "more than {}",
    "le": "at most {}",
    "lt": "fewer than {}",
    "eq": "exactly {}",
    "ne": "any number but {}",
}
_TIER = {
    "ge": "{} or higher",
    "gt": "higher than {}",
    "le": "{} or lower",
    "lt": "lower than {}",
    "eq": "the tier {}",
    "ne": "any tier but {}",
    "in": "the tier {}",
    "not_in": "any tier but {}",
}
_HAS = {
    "credential": (
        "a verified {} in the field",
        "no verified {} in the field",
        "a verified credential in the field",
        "no verified credential in the field",
    ),
    "specialty": (
        "a verified credential in {}",
        "no verified credential in {}",
        "a verified credential",
        "no verified credential",
    ),
    "language": (
        "{} in the profile",
        "no {} in the profile",
        "a language in the profile",
        "no language in the profile",
    ),
    "country": (
        "living in {}",
        "living anywhere but {}",
        "a country in the profile",
        "no country in the profile",
    ),
}
_NUMBER = {
    "approved_count": ("{} approved tasks", "some approved work", "no approved work yet"),
    "approved_first_time": (
        "{} of decided work approved the first time",
        "some decided work",
        "no decided work yet",
    ),
    "gold_accuracy": (
        "{} right on tasks with a known answer",
        "some work on tasks with a known answer",
        "no work on tasks with a known answer yet",
    ),
}


def summary(tree: Tree) -> str:
    """The whole rule as one phrase: "Licensed or higher, and (this or that)"; empty without rules."""
    said = _joined(tree.join, [_part(part) for part in tree.parts])
    return said[:1].upper() + said[1:]


def words(leaf: Leaf) -> str:
    """What one question asks for."""
    if leaf.fact == "tier":
        return _TIER[leaf.op].format(_either(TIERS[one].title for one in leaf.slugs))
    if leaf.fact in _HAS:
        return _has(leaf)
    if leaf.fact in _NUMBER:
        return _number(leaf)
    return "approved work for this company" if leaf.op == "exists" else "no work for this company yet"


def part_words(part: Leaf | Group) -> str:
    """What one line of the tree asks for."""
    return words(part) if isinstance(part, Leaf) else _joined(part.join, [words(one) for one in part.leaves])


def _has(leaf: Leaf) -> str:
    holds, lacks, some, none = _HAS[leaf.fact]
    if leaf.op in {"exists", "not_exists"}:
        return some if leaf.op == "exists" else none
    titles = (FACTS[leaf.fact].values[one] for one in leaf.slugs)
    named = _either(title.lower() if leaf.fact == "credential" else title for title in titles)
    return (holds if leaf.op in {"eq", "in"} else lacks).format(named)


def _number(leaf: Leaf) -> str:
    how, some, none = _NUMBER[leaf.fact]
    if leaf.op in {"exists", "not_exists"}:
        return some if leaf.op == "exists" else none
    is_share = bool(FACTS[leaf.fact].unit)
    amount = f"{leaf.number * 100 / BASIS:g} %" if is_share else f"{leaf.number:,}"
    less = "less than {}" if is_share and leaf.op == "lt" else _MORE[leaf.op]
    return how.format((less.replace("any number", "any share") if is_share else less).format(amount))


def _part(part: Leaf | Group) -> str:
    if isinstance(part, Leaf) or len(part.leaves) == 1:
        return part_words(part)
    return f"({part_words(part)})"


def _joined(join: str, said: list[str]) -> str:
    return (", and " if join == "all" else " or ").join(said)


def _either(titles: Iterable[str]) -> str:
    return " or ".join(titles)
