"""Chat models behind an OpenAI-compatible address: streamed, guarded, and hung up on when nobody listens."""

import json
import re
import ssl
from collections.abc import Collection, Sequence

import structlog

from config.policy import OUTBOUND, OutboundRules
from marketplace.gateways.language_models import failures, stream
from marketplace.gateways.language_models.protocol import Address, Message, ModelFailed, Pieces, Trouble
from marketplace.gateways.outbound import calling, targets
from marketplace.gateways.outbound.calling import Answer, CallFailed
from marketplace.gateways.outbound.resolving import Resolve, ask_system
from marketplace.gateways.outbound.seats import NoSeat, Seats
from marketplace.gateways.outbound.targets import Place, Target, Unwelcome
from marketplace.kit.database import outside_transaction

PATH = "/chat/completions"
STREAM = "text/event-stream"
OK = 200
_KEY = re.compile(r"[\x21-\x7e]*")
log = structlog.get_logger()


class ChatCompletions:
    """The real door: one POST an answer, `limits` on everything; `own` places may be private and plain."""

    def __init__(
        self,
        *,
        own: Collection[Place] = (),
        limits: OutboundRules = OUTBOUND,
        resolve: Resolve = ask_system,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._own = frozenset(own)
        self._limits = limits
        self._resolve = resolve
        self._seats = Seats(total=limits.calls_at_once, to_one=limits.calls_to_one_place)
        self._context = context or ssl.create_default_context()

    def answer(self, address: Address, messages: Sequence[Message]) -> Pieces:
        """The reply in pieces; ModelFailed at any of them.  Uses the network: never inside a transaction."""
        outside_transaction()
        return self._pieces(address, messages)

    def problem(self, url: str) -> str | None:
        """Why this address is never called; None when it may be."""
        try:
            self._target(url)
        except Unwelcome as unwelcome:
            return str(unwelcome)
        return None

    def _pieces(self, address: Address, messages: Sequence[Message]) -> Pieces:
        limits = self._limits
        try:
            target, body = self._target(address.url), self._body(address, messages)
            headers = _headers(address.key)
            with (
                self._seats.taken((target.host, target.port)),
                calling.post(
                    target,
                    body,
                    headers,
                    limits=limits,
                    resolve=self._resolve,
                    context=self._context,
                ) as answer,
            ):
                _check(answer)
                yield from stream.pieces(
                    answer.body,
                    line_bytes=limits.line_maximum_bytes,
                    characters=limits.reply_maximum_characters,
                )
        except ModelFailed as failed:
            log.info("model_failed", trouble=failed.trouble.value)
            raise
        except Unwelcome as unwelcome:
            log.warning("model_forbidden")
            raise ModelFailed(Trouble.FORBIDDEN, str(unwelcome)) from None
        except NoSeat:
            log.warning("models_full")
            raise ModelFailed(Trouble.BUSY, failures.FULL) from None
        except CallFailed as failed:
            log.info("model_failed", why=failed.why.value)
            raise failures.of_call(failed.why, limits) from None

    def _target(self, url: str) -> Target:
        base = url.strip().rstrip("/").removesuffix(PATH)
        target = targets.read(base, ports=self._limits.ports, own=self._own)
        return target.under(PATH)

    def _body(self, address: Address, messages: Sequence[Message]) -> bytes:
        said = [{"role": message.role, "content": message.text} for message in messages]
        body = json.dumps({"model": address.model, "messages": said, "stream": True}).encode()
        if len(body) > self._limits.request_maximum_bytes:
            raise ModelFailed(Trouble.TOO_LONG, "The conversation is longer than we send. Start a new one.")
        return body


def _headers(key: str) -> dict[str, str]:
    if not _KEY.fullmatch(key):  # the library would name the key in its error
        raise ModelFailed(Trouble.REFUSED, "The key holds characters no key has. Set it again.")
    headers = {"Content-Type": "application/json", "Accept": STREAM, "User-Agent": "Assay"}
    return {**headers, "Authorization": f"Bearer {key}"} if key else headers


def _check(answer: Answer) -> None:
    """ModelFailed unless this is a stream that nobody has packed."""
    if answer.status != OK:
        raise failures.of_status(answer.status)
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    packed = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if kind != STREAM or packed != "identity":
        raise ModelFailed(Trouble.BROKEN, failures.NO_STREAM)
