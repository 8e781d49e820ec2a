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
_OF_LICENSED = frozenset({K.LICENCE, K.BOARD_CERTIFICATION})
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
class Proof:
    """What reaches a tier, in words, and its kinds: all of them, or any where the words say or."""

    words: str
    kinds: tuple[CredentialKind, ...]


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
    checking: bool = False  # such a proof is with the people who check it


def tier(verified: Iterable[Credential], specialty: str, waiting: Iterable[Credential] = ()) -> Standing:
    """The tier these credentials (all of them counting) give in a specialty.

    What would raise it names first what is being checked already, one of `waiting`.
    """
    held = [credential for credential in verified if covers(credential.specialty, specialty)]
    reached = _reached({credential.kind for credential in held})
    steps = raises(held, specialty)
    return Standing(
        reached, _why(reached, held, specialty), _next(steps, specialty, _kinds(waiting, specialty))
    )


def reached(verified: Iterable[Credential], specialty: str) -> Tier:
    """The tier alone, for whoever asks about many specialties."""
    return _reached({one.kind for one in verified if covers(one.specialty, specialty)})


def raises(verified: Iterable[Credential], specialty: str) -> list[Raise]:
    """Every kind of proof that would lift these credentials' tier in a specialty, nearest first."""
    held = {credential.kind for credential in verified if covers(credential.specialty, specialty)}
    now = _reached(held)
    steps = [Raise(kind, proof, _reached(held | {kind})) for kind, proof in _PROOF.items()]
    return sorted((step for step in steps if step.tier.rank > now.rank), key=lambda step: step.tier.rank)


def fields(
    verified: Sequence[Credential], years: Mapping[str, int], waiting: Sequence[Credential] = ()
) -> list[Field]:
    """Every named specialty (slug -> years), and those that credentials speak of, best tier first.

    `waiting` are being checked: they give no tier, but nobody is asked to add them again.
    """
    slugs = {**dict.fromkeys((one.specialty for one in verified), 0), **years}
    found = [Field(slug, _title(slug), count, tier(verified, slug, waiting)) for slug, count in slugs.items()]
    return sorted(found, key=lambda field: (-field.standing.tier.rank, field.title))


def proof_of(verified: Iterable[Credential], specialty: str, wanted: Tier) -> Proof | None:
    """What is still to be proved to reach a tier in a specialty; None where it is reached."""
    held = {credential.kind for credential in verified if covers(credential.specialty, specialty)}
    if _reached(held).rank >= wanted.rank:
        return None
    kinds = _GIVEN_BY[wanted.slug]
    missing = kinds if wanted.slug == "skilled" else tuple(kind for kind in kinds if kind not in held)
    link = " or " if wanted.slug == "skilled" else " and "
    words = link.join(_PROOF[kind].removesuffix(" to practise") for kind in missing)
    return Proof(f"{words} in {_title(specialty)}", missing)


def best(found: Sequence[Field]) -> Tier:
    """The highest tier in any of these; the lowest of all when there is none."""
    return max((field.standing.tier for field in found), key=lambda one: one.rank, default=TIERS["general"])


def unlocks(
    verified: Sequence[Credential],
    slugs: Iterable[str],
    *,
    waiting: Sequence[Credential] = (),
    at_most: int = 4,
) -> list[Unlock]:
    """What would raise the pay, the nearest step first: each kind of proof where it leads highest.

    Licences are named only where there are some.  Among specialties where a proof leads equally high, the one
    where it is being checked (`waiting`) speaks for all, else the first of `slugs`.
    """
    kinds: dict[CredentialKind, Unlock] = {}
    for slug in slugs:
        for step in raises(verified, slug):
            if step.kind in _OF_LICENSED and not _is_licensed(slug):
                continue
            found = Unlock(
                step.kind, step.proof, slug, _title(slug), step.tier, step.kind in _kinds(waiting, slug)
            )
            known = kinds.get(step.kind)
            if known is None or _height(found) > _height(known):
                kinds[step.kind] = found
    return sorted(kinds.values(), key=lambda step: step.tier.rank)[:at_most]


def _is_licensed(slug: str) -> bool:
    return slug in SPECIALTIES and SPECIALTIES[slug].licensed


def _height(step: Unlock) -> tuple[int, bool]:
    return step.tier.rank, step.checking


def _kinds(some: Iterable[Credential], specialty: str) -> set[CredentialKind]:
    return {one.kind for one in some if covers(one.specialty, specialty)}


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


def _next(steps: Sequence[Raise], specialty: str, waiting: Collection[CredentialKind]) -> str | None:
    if not steps:
        return None
    coming = [step for step in steps if step.kind in waiting]
    if coming:
        best_of_them = coming[-1]
        return (
            f"Being checked: {best_of_them.proof}. Once verified, it raises you to "
            f"{best_of_them.tier.title}, {money.shown(best_of_them.tier.low_minor)} an hour."
        )
    goal = steps[0].tier
    proofs = " or ".join(step.proof for step in steps if step.tier is goal)
    return (
        f"Add {proofs} in {_title(specialty)}: it raises you to {goal.title}, "
        f"{money.shown(goal.low_minor)} an hour."
    )


def _title(specialty: str) -> str:
    return SPECIALTIES[specialty].title if specialty in SPECIALTIES else specialty
