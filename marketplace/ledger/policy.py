"""What the ledger says and asks before a posting; pure."""

import uuid

from marketplace.ledger.models import PLATFORM, REASON_CHARACTERS, TWO_PEOPLE, Kind

_PLAIN = "There is not enough money for this, so nothing was moved."
_SHORT = {
    Kind.PROJECT_BUDGET: "The budget is used up. Add money to the project to go on.",
    Kind.COMPANY_WALLET: "The wallet holds less than that. Add money, or choose a smaller amount.",
    Kind.PROJECT_RESERVED: "Less is reserved than this would spend, so nothing was moved. Tell support.",
    Kind.EXPERT_PENDING: "Less is pending than this would take, so nothing was moved.",
    Kind.EXPERT_AVAILABLE: "Less is available than that, so nothing was moved.",
}


def shortage(kind: Kind | None) -> str:
    """Why nothing was posted, when an account of this kind held too little."""
    return _SHORT.get(kind, _PLAIN) if kind else _PLAIN


def has_two_people(
    kind: str, *, actor_id: uuid.UUID | None, approver_id: uuid.UUID | None, reason: str | None
) -> bool:
    """Whether an entry of this kind has the two people and the reason it needs."""
    if kind not in TWO_PEOPLE:
        return True
    two = actor_id is not None and approver_id is not None and actor_id != approver_id
    return two and len(reason or "") >= REASON_CHARACTERS


def may_own(kind: Kind, owner_id: uuid.UUID) -> bool:
    """The platform owns its own kinds and no other; who collects withheld tax is the operator's to name."""
    return kind is Kind.TAX_WITHHELD or kind.hot is (owner_id == PLATFORM)
