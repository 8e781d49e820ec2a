"""Refusals: sentences for a person, each with its HTTP status."""


class Refusal(Exception):
    """A `no` that a person can read; rooms subclass the kinds below."""

    status_code = 400
    code = "refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotSignedIn(Refusal):
    """Nobody is signed in, and the page wants somebody."""

    status_code, code = 401, "not_signed_in"


class Forbidden(Refusal):
    """Signed in, without the right."""

    status_code, code = 403, "forbidden"


class StepFirst(Refusal):
    """Open to this person after one step more; `endpoint` is the page of that step, where a GET is sent.

    With `back`, the local path to go on to afterwards, a form that was sent is led to that page too.
    """

    status_code, code = 403, "step_first"

    def __init__(self, message: str, *, endpoint: str, back: str | None = None) -> None:
        super().__init__(message)
        self.endpoint, self.back = endpoint, back


class NotFound(Refusal):
    """Unknown, or somebody else's: the two look the same."""

    status_code, code = 404, "not_found"


class Conflict(Refusal):
    """The thing's state does not allow this move."""

    status_code, code = 409, "conflict"


class Gone(Refusal):
    """A link that has been used or has run out."""

    status_code, code = 410, "gone"


class TooLarge(Refusal):
    """More bytes than the limit."""

    status_code, code = 413, "too_large"


class Invalid(Refusal):
    """Readable input that breaks a rule; forms answer 422 themselves, this is for everything else."""

    status_code, code = 422, "invalid"


class TooMany(Refusal):
    """Too many tries; `retry_after` in seconds."""

    status_code, code = 429, "too_many"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Busy(Refusal):
    """The database could not take the request in time."""

    status_code, code = 503, "busy"
