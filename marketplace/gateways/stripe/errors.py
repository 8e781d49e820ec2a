"""Refusals of the payment gateway."""

from marketplace.kit.errors import NotFound, Refusal


class PaymentsDown(Refusal):
    """No answer, or one that proves nothing: the same request may be repeated."""

    status_code, code = 503, "payments_down"

    def __init__(self, request_id: str | None = None) -> None:
        super().__init__("The payment service does not answer right now. Try again in a minute.")
        self.request_id = request_id


class PaymentsRefused(Refusal):
    """The provider said no; `provider_code` is its reason."""

    status_code, code = 502, "payments_refused"

    def __init__(self, provider_code: str | None, request_id: str | None = None) -> None:
        super().__init__("The payment service refused this. Nothing was charged or sent.")
        self.provider_code, self.request_id = provider_code, request_id


class EndpointOff(NotFound):
    """A webhook for an endpoint without a secret: it does not exist."""


class BadSignature(Refusal):
    """A webhook whose body, signature, age or mode is not what the provider would send."""

    status_code, code = 400, "bad_signature"
