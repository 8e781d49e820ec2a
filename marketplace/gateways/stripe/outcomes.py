"""How a call that moves money ended.  Unknown is never turned into refused (money.md 6.4)."""

import enum
from dataclasses import dataclass

REFUSED_FOR_GOOD = frozenset(
    {
        "insufficient_capabilities_for_transfer",
        "resource_missing",
        "account_invalid",
        "amount_too_small",
        "parameter_invalid_integer",
        "charge_already_refunded",
        "charge_disputed",
    }
)
OK_BELOW, CONFLICT, TOO_MANY, SERVER_ERROR = 300, 409, 429, 500


class OutcomeKind(enum.Enum):
    """Done; never; later with a new key or the same; nobody knows."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_NOW = "not_now"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The end of one call.

    `replayed`: the provider answered from what it saved under the key.  `external_id` and `state` belong to
    the transfer, reversal or refund that was made.  `http_status` is None when no answer came.
    """

    kind: OutcomeKind
    http_status: int | None = None
    error_code: str | None = None
    request_id: str | None = None
    replayed: bool = False
    external_id: str | None = None
    state: str | None = None


def classify(http_status: int | None, error_code: str | None) -> OutcomeKind:
    """The one place that decides.  Whatever is not on the closed lists is unknown."""
    if http_status is None or http_status >= SERVER_ERROR or http_status == CONFLICT:
        return OutcomeKind.UNKNOWN
    if http_status < OK_BELOW:
        return OutcomeKind.ACCEPTED
    if http_status == TOO_MANY or error_code in {"balance_insufficient", "rate_limit"}:
        return OutcomeKind.NOT_NOW
    if error_code in REFUSED_FOR_GOOD:
        return OutcomeKind.REFUSED
    return OutcomeKind.UNKNOWN
