"""Which tier credentials give in a specialty, why, and what would raise it.  Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from config.fields import SPECIALTIES, TIERS, Tier, covers
from marketplace.experts.models import Credential, CredentialKind
from marketplace.kit import money

K = CredentialKind
_PROOF = {
    K.DEGREE: "a degree",
    K.LICENCE: "a licence to practise",
    K.BOARD_CERTIFICATION: "a board certification",
    K.CERTIFICATE: "a certificate",
    K.EMPLOYMENT: "proof of employment",
    K.PUBLICATION: "a publication",
}
_GIVEN_BY: dict[str, tuple[CredentialKind, ...]] = {
    "board_certified": (K.BOARD_CERTIFICATION,),
    "licensed": (K.LICENCE,),
    "professional": (K.DEGREE, K.EMPLOYMENT),
    "specialist": (K.DEGREE,),
    "skilled": (K.CERTIFICATE, K.EMPLOYMENT),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """The tier somebody has in a specialty, why, and what would raise it (None at the top)."""

    tier: Tier
    why: str
    next: str | None


@dataclass(frozen=True, slots=True)
class Raise:
    """One kind of proof that would lift somebody to a higher tier."""

    kind: CredentialKind
    proof: str
    tier: Tier


@dataclass(frozen=True, slots=True)
class Field:
    """A named specialty with the years in it and the tier there."""

    slug: str
    title: str
    years: int
    standing: Standing


@dataclass(frozen=True, slots=True)
class Unlock:
    """One proof that would raise the pay in one specialty."""

    kind: CredentialKind
    proof: str
    specialty: str
    title: str
    tier: Tier


def tier(verified: Iterable[Credential], specialty: str) -> Standing:
    """The tier these credentials (all of them counting) give in a specialty."""
    held = [credential for credential in verified if covers(credential.specialty, specialty)]
    reached = _reached({credential.kind for credential in held})
    steps = raises(held, specialty)
    return Standing(reached, _why(reached, held, specialty), _next(steps, specialty))


def reached(verified: Iterable[Credential], specialty: str) -> Tier:
    """The tier alone, for whoever asks about many specialties."""
    return _reached({one.kind for one in verified if covers(one.specialty, specialty)})


def raises(verified: Iterable[Credential], specialty: str) -> list[Raise]:
    """Every kind of proof that would lift these credentials' tier in a specialty, nearest first."""
    held = {credential.kind for credential in verified if covers(credential.specialty, specialty)}
    now = _reached(held)
    steps = [Raise(kind, proof, _reached(held | {kind})) for kind, proof in _PROOF.items()]
    return sorted((step for step in steps if step.tier.rank > now.rank), key=lambda step: step.tier.rank)


def fields(verified: Sequence[Credential], years: Mapping[str, int]) -> list[Field]:
    """Every named specialty (slug -> years), and those that credentials speak of, best tier first."""
    slugs = {**dict.fromkeys((one.specialty for one in verified), 0), **years}
    found = [Field(slug, _title(slug), count, tier(verified, slug)) for slug, count in slugs.items()]
    return sorted(found, key=lambda field: (-field.standing.tier.rank, field.title))


def best(found: Sequence[Field]) -> Tier:
    """The highest tier in any of these; the lowest of all when there is none."""
    return max((field.standing.tier for field in found), key=lambda one: one.rank, default=TIERS["general"])


def unlocks(verified: Sequence[Credential], slugs: Iterable[str], *, at_most: int = 4) -> list[Unlock]:
    """What would raise the pay, the nearest step first: each kind of proof where it leads highest.

    Among specialties where it leads equally high, the first of `slugs` speaks for all.
    """
    kinds: dict[CredentialKind, Unlock] = {}
    for slug in slugs:
        for step in raises(verified, slug):
            known = kinds.get(step.kind)
            if known is None or step.tier.rank > known.tier.rank:
                kinds[step.kind] = Unlock(step.kind, step.proof, slug, _title(slug), step.tier)
    return sorted(kinds.values(), key=lambda step: step.tier.rank)[:at_most]


def _reached(kinds: Collection[CredentialKind]) -> Tier:
    if K.BOARD_CERTIFICATION in kinds:
        return TIERS["board_certified"]
    if K.LICENCE in kinds:
        return TIERS["licensed"]
    if K.DEGREE in kinds:
        return TIERS["professional" if K.EMPLOYMENT in kinds else "specialist"]
    return TIERS["skilled" if K.CERTIFICATE in kinds or K.EMPLOYMENT in kinds else "general"]


def _why(reached: Tier, held: Sequence[Credential], specialty: str) -> str:
    if reached.rank == 0:
        return (
            f"No verified credential of yours covers {_title(specialty)} yet. "
            f"{reached.title} is for everybody with a confirmed e-mail address."
        )
    kinds = _GIVEN_BY[reached.slug]
    names = [f"“{next(one.title for one in held if one.kind is kind)}”" for kind in kinds if _has(held, kind)]
    return f"{' and '.join(names)} {'are' if len(names) > 1 else 'is'} verified."


def _has(held: Iterable[Credential], kind: CredentialKind) -> bool:
    return any(credential.kind is kind for credential in held)


def _next(steps: Sequence[Raise], specialty: str) -> str | None:
    if not steps:
        return None
    goal = steps[0].tier
    proofs = " or ".join(step.proof for step in steps if step.tier is goal)
    return (
        f"Add {proofs} in {_title(specialty)}: it raises you to {goal.title}, "
        f"{money.shown(goal.low_minor)} an hour."
    )


def _title(specialty: str) -> str:
    return SPECIALTIES[specialty].title if specialty in SPECIALTIES else specialty
