"""What changed between two versions of a guideline, clause by clause.  Pure: texts in, pieces out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from marketplace.kit.differences import SAME, Piece, pieces

ALIKE = 0.5  # texts of two clauses with other titles that are one clause, changed


class Clause(Protocol):
    """What is compared of a clause."""

    number: int
    title: str
    text: str
    good: str
    bad: str


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """One clause of either version; `kind` is same, moved, changed, added or removed.

    `number` is that of the newer version, of a removed clause that of the older one.
    """

    kind: str
    number: int
    before: int | None
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]
    good: tuple[Piece, ...]
    bad: tuple[Piece, ...]


def compare(old: Sequence[Clause], new: Sequence[Clause]) -> list[ClauseChange]:
    """Every clause in the order of the newer version; a removed one stands behind what it stood behind."""
    partners = _partners(old, new)
    kept = {partner.number for partner in partners.values()}
    found = [_change(partners.get(clause.number), clause) for clause in new]
    for clause in old:
        if clause.number not in kept:
            found.insert(_place(clause, found), _change(clause, None))
    return found


def changed(changes: Sequence[ClauseChange]) -> bool:
    """Whether anything reads differently; another number alone is no other text."""
    return any(change.kind not in {"same", "moved"} for change in changes)


def _partners(old: Sequence[Clause], new: Sequence[Clause]) -> dict[int, Clause]:
    """The older clause of each newer one: by the same title, else by a text that is alike."""
    left, partners = list(old), {}
    words = {id(clause): Counter(clause.text.split()) for clause in (*old, *new)}

    def alike(one: Clause, other: Clause) -> bool:
        return _share(words[id(one)], words[id(other)]) >= ALIKE

    for same in (_same_title, alike):
        for clause in new:
            if clause.number in partners:
                continue
            partner = next((other for other in left if same(other, clause)), None)
            if partner is not None:
                left.remove(partner)
                partners[clause.number] = partner
    return partners


def _same_title(one: Clause, other: Clause) -> bool:
    return one.title.casefold() == other.title.casefold()


def _share(one: Counter[str], other: Counter[str]) -> float:
    """How much of both texts is words they have in common, 0 to 1; two empty ones are the same."""
    both = one.total() + other.total()
    return 2 * (one & other).total() / both if both else 1.0


def _change(before: Clause | None, after: Clause | None) -> ClauseChange:
    texts = [
        pieces(getattr(before, name, ""), getattr(after, name, ""))
        for name in ("title", "text", "good", "bad")
    ]
    same = all(piece.kind == SAME for parts in texts for piece in parts)
    number = after.number if after is not None else before.number if before is not None else 0
    old = before.number if before is not None else None
    if before is None:
        kind = "added"
    elif after is None:
        kind = "removed"
    else:
        kind = "changed" if not same else "same" if old == number else "moved"
    return ClauseChange(kind, number, old, *texts)


def _place(removed: Clause, found: Sequence[ClauseChange]) -> int:
    """Behind the last clause that stood before it in the older version."""
    before = [
        i for i, change in enumerate(found) if change.before is not None and change.before < removed.number
    ]
    return before[-1] + 1 if before else 0
