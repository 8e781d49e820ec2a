"""Which tier credentials give and why, who may check one, and which files are evidence.  Pure."""

import re
import unicodedata
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from config.fields import SPECIALTIES, TIERS, Tier, covers
from config.policy import PEOPLE
from marketplace.experts.models import (
    Credential,
    CredentialKind,
    CredentialState,
    Expert,
    Verification,
)
from marketplace.kit.money import shown

K = CredentialKind
C = CredentialState
COUNTING = frozenset({C.VERIFIED, C.EXPIRING})
EDITABLE = frozenset({C.UNVERIFIED, C.REJECTED, C.EXPIRED})
WAITING = frozenset({C.SUBMITTED, C.IN_REVIEW})
TWO_PEOPLE = frozenset({K.LICENCE, K.BOARD_CERTIFICATION})
LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2", "native")
NAME_LENGTH = 120
_PROOF = {
    K.DEGREE: "a degree",
    K.LICENCE: "a licence to practise",
    K.BOARD_CERTIFICATION: "a board certification",
    K.CERTIFICATE: "a certificate",
    K.EMPLOYMENT: "proof of employment",
    K.PUBLICATION: "a publication",
}
_MAGIC = (
    (b"%PDF-", "application/pdf", (".pdf",)),
    (b"\x89PNG\r\n\x1a\n", "image/png", (".png",)),
    (b"\xff\xd8\xff", "image/jpeg", (".jpg", ".jpeg")),
)


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


def counts(credential: Credential, today: date) -> bool:
    """Verified and not past its last day, whether or not the sweep has been here."""
    return credential.state in COUNTING and not is_over(credential, today)


def is_over(credential: Credential, today: date) -> bool:
    """The last day of validity has passed."""
    return credential.expires_on is not None and credential.expires_on < today


def days_left(credential: Credential, today: date) -> int | None:
    """Days until the last day of validity; None when it has none."""
    return None if credential.expires_on is None else (credential.expires_on - today).days


def reminder(credential: Credential, today: date) -> int | None:
    """Which reminder (60, 30 or 7 days) is due and not yet sent; None when none is."""
    left = days_left(credential, today)
    if left is None:
        return None
    due = [days for days in PEOPLE.credential_reminder_days if left <= days]
    if not due or (credential.reminded_days is not None and credential.reminded_days <= due[-1]):
        return None
    return due[-1]


def state_on(credential: Credential, today: date) -> CredentialState:
    """The state a person is shown: the clock is judged on read."""
    if credential.state not in COUNTING:
        return credential.state
    if is_over(credential, today):
        return C.EXPIRED
    left = days_left(credential, today)
    soon = left is not None and left <= PEOPLE.credential_reminder_days[0]
    return C.EXPIRING if soon else C.VERIFIED


def tier(verified: Iterable[Credential], specialty: str) -> Standing:
    """The tier these credentials (all of them counting) give in a specialty."""
    held = [credential for credential in verified if covers(credential.specialty, specialty)]
    reached = _reached({credential.kind for credential in held})
    steps = raises(held, specialty)
    return Standing(reached, _why(reached, held, specialty), _next(steps, specialty))


def raises(verified: Iterable[Credential], specialty: str) -> list[Raise]:
    """Every kind of proof that would lift these credentials' tier in a specialty, nearest first."""
    held = {credential.kind for credential in verified if covers(credential.specialty, specialty)}
    now = _reached(held)
    steps = [Raise(kind, proof, _reached(held | {kind})) for kind, proof in _PROOF.items()]
    return sorted((step for step in steps if step.tier.rank > now.rank), key=lambda step: step.tier.rank)


def speaks(expert: Expert, language: str, level: str) -> bool:
    """Whether the profile names this language at this level or a better one."""
    said = expert.languages.get(language)
    return said in LEVELS and LEVELS.index(said) >= LEVELS.index(level)


def checks_needed(kind: CredentialKind) -> int:
    """How many people check this kind."""
    return 2 if kind in TWO_PEOPLE else 1


def this_round(credential: Credential, checks: Iterable[Verification]) -> list[Verification]:
    """The checks since the expert last sent it; earlier ones belong to an earlier round."""
    since = credential.submitted_at
    return [check for check in checks if since is not None and check.at >= since]


def is_own(credential: Credential, user_id: uuid.UUID) -> bool:
    """Whether this person is the one the credential is about.  The expert must be loaded."""
    return credential.expert.user_id == user_id


def has_checked(checks: Iterable[Verification], user_id: uuid.UUID) -> bool:
    """Whether this person gave one of these checks."""
    return any(check.by_id == user_id for check in checks)


def may_edit(credential: Credential, today: date) -> bool:
    """What is being checked or counts already stays as it is."""
    return state_on(credential, today) in EDITABLE


def may_delete(credential: Credential, today: date) -> bool:
    """The expert may take back everything that nobody is looking at and that does not count."""
    return state_on(credential, today) in EDITABLE | {C.SUBMITTED}


def missing(credential: Credential, today: date) -> str | None:
    """What stands between this credential and being sent, as a sentence; None when it is ready."""
    if not credential.evidence_key:
        return "Add a file that proves it, then send it."
    if is_over(credential, today):
        return "Its last day has passed. Enter the new one, then send it."
    return None


def evidence_type(data: bytes, name: str) -> str | None:
    """The media type of a PDF, PNG or JPEG whose first bytes agree with its name; None for anything else."""
    for magic, media_type, endings in _MAGIC:
        if data.startswith(magic):
            return media_type if name.lower().endswith(endings) else None
    return None


def display_name(name: str) -> str:
    """A file's name fit to be shown: no path, no control or direction signs, at most 120 characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    plain = re.sub(r'[\s"<>|:*?]+', " ", plain).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if len(plain) > NAME_LENGTH and dot:
        plain = f"{stem[: NAME_LENGTH - len(ending) - 1]}.{ending}"
    return plain[:NAME_LENGTH] or "file"


def _reached(kinds: Collection[CredentialKind]) -> Tier:
    if K.BOARD_CERTIFICATION in kinds:
        return TIERS["board_certified"]
    if K.LICENCE in kinds:
        return TIERS["licensed"]
    if K.DEGREE in kinds:
        return TIERS["professional" if K.EMPLOYMENT in kinds else "specialist"]
    return TIERS["skilled" if K.CERTIFICATE in kinds or K.EMPLOYMENT in kinds else "general"]


_GIVEN_BY: dict[str, tuple[CredentialKind, ...]] = {
    "board_certified": (K.BOARD_CERTIFICATION,),
    "licensed": (K.LICENCE,),
    "professional": (K.DEGREE, K.EMPLOYMENT),
    "specialist": (K.DEGREE,),
    "skilled": (K.CERTIFICATE, K.EMPLOYMENT),
}


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
        f"{shown(goal.low_minor)} an hour."
    )


def _title(specialty: str) -> str:
    return SPECIALTIES[specialty].title if specialty in SPECIALTIES else specialty
