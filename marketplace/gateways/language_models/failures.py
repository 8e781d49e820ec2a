"""What a person is told when a model gave no answer: what happened, what to do, no address and no key."""

from config.policy import OutboundRules
from marketplace.gateways.language_models.protocol import ModelFailed, Trouble
from marketplace.gateways.outbound.calling import Why

_REFUSALS = {
    400: "The model's service did not take the conversation. It may be too long, or the model's name wrong.",
    401: "The model's service refused the key. The company has to set a new one.",
    402: "The model's service wants to be paid first. The company has to look after that.",
    403: "The model's service does not let this key use this model.",
    404: "The model's service knows no such address or model. Check both.",
    413: "The conversation is longer than the model takes.",
    422: "The model's service did not take the conversation. It may be too long, or the model's name wrong.",
    429: "The model's service has had too many requests. Wait a minute, then try again.",
}
REDIRECTED = "The address leads on to another one. Enter the one it ends at."
OUT_OF_ORDER = "The model's service is out of order. Try again in a few minutes."
NO_STREAM = (
    "The model's service did not stream its answer. Check the address: it is the part before "
    "/chat/completions."
)
FULL = "Too many conversations are going on at once. Try again in a moment."
ODD = "The model's service gave an answer we do not know ({status}). Check the address."


def of_status(status: int) -> ModelFailed:
    """The failure behind an answer other than 200."""
    if status in _REFUSALS:
        return ModelFailed(Trouble.REFUSED, _REFUSALS[status])
    if 300 <= status < 400:  # noqa: PLR2004 - HTTP
        return ModelFailed(Trouble.FORBIDDEN, REDIRECTED)
    if status >= 500:  # noqa: PLR2004 - HTTP
        return ModelFailed(Trouble.UNREACHABLE, OUT_OF_ORDER)
    return ModelFailed(Trouble.REFUSED, ODD.format(status=status))


def of_call(why: Why, limits: OutboundRules) -> ModelFailed:
    """The failure behind a call that did not come through."""
    trouble, sentence = {
        Why.UNREACHABLE: (
            Trouble.UNREACHABLE,
            "The model cannot be reached. Check the address, or try again later.",
        ),
        Why.CERTIFICATE: (
            Trouble.UNREACHABLE,
            "The model's service did not prove who it is: its certificate is not valid for the address.",
        ),
        Why.SILENT: (
            Trouble.SLOW,
            f"The model did not answer in {limits.silence_seconds:g} seconds. Try again.",
        ),
        Why.SLOW: (
            Trouble.SLOW,
            f"The model did not finish in {limits.total_seconds:g} seconds. Ask for a shorter answer.",
        ),
        Why.TOO_LONG: (Trouble.TOO_LONG, "The answer is longer than we take. Ask for a shorter one."),
        Why.BROKEN: (Trouble.BROKEN, "The connection broke off in the middle. Try again."),
    }[why]
    return ModelFailed(trouble, sentence)
