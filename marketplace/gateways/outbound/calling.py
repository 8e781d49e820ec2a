"""Asking a guarded address: one POST, no redirects, no proxies, and a limit on everything that comes back."""

import enum
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPException  # noqa: TID251 - this is a gateway

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as TooSlow

from config.policy import OutboundRules
from marketplace.gateways.outbound.connection import Cord, connect, host_header
from marketplace.gateways.outbound.resolving import Resolve, addresses
from marketplace.gateways.outbound.targets import Target
from marketplace.kit.database import outside_transaction

BITE = 65_536


class Why(enum.Enum):
    """What became of a call that has no answer."""

    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    SILENT = "silent"  # nothing came for a while
    SLOW = "slow"  # something came, but the whole took too long
    TOO_LONG = "too_long"
    BROKEN = "broken"  # it broke off, or is no HTTP


class CallFailed(Exception):
    """No answer, or not all of it."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the headers, and the body as it comes."""

    status: int
    headers: Mapping[str, str]
    body: Iterator[bytes]


@contextmanager
def post(
    target: Target,
    body: bytes,
    headers: Mapping[str, str],
    *,
    limits: OutboundRules,
    resolve: Resolve,
    context: ssl.SSLContext,
) -> Iterator[Answer]:
    """Send `body` to the target; leaving the block hangs up.

    Unwelcome when the host leads to a private address, CallFailed here or while the body is read.  Redirects
    are answers like any other.
    """
    outside_transaction()
    cord = Cord(limits.total_seconds)
    try:
        with _telling(cord):
            connection = _reach(target, cord, limits, resolve, context)
        with closing(connection):
            with _telling(cord):
                response = _ask(connection, target, body, headers, limits)
            with closing(response):
                if cord.is_cut:  # cut headers read like short ones
                    raise CallFailed(Why.SLOW)
                yield Answer(response.status, response.headers, _body(response, cord, limits))
    finally:
        cord.release()


def _reach(
    target: Target, cord: Cord, limits: OutboundRules, resolve: Resolve, context: ssl.SSLContext
) -> HTTPConnection:
    """Connect to the first address that answers; all were checked before the first one is tried."""
    problem: Exception = OSError("no address")
    for address in addresses(target, resolve)[: limits.hosts_maximum]:
        try:
            return connect(target, address, cord=cord, seconds=limits.connect_seconds, context=context)
        except ssl.SSLCertVerificationError:
            raise
        except (OSError, HTTPError) as error:
            problem = error
    raise CallFailed(Why.UNREACHABLE) from problem


def _ask(
    connection: HTTPConnection,
    target: Target,
    body: bytes,
    headers: Mapping[str, str],
    limits: OutboundRules,
) -> BaseHTTPResponse:
    connection.timeout = limits.silence_seconds  # of everything from here on; it was the time to connect
    if connection.sock is not None:
        connection.sock.settimeout(limits.silence_seconds)
    sent = {**headers, "Host": host_header(target), "Accept-Encoding": "identity", "Connection": "close"}
    connection.request(
        "POST", target.path or "/", body=body, headers=sent, preload_content=False, decode_content=False
    )
    return connection.getresponse()


def _body(response: BaseHTTPResponse, cord: Cord, limits: OutboundRules) -> Iterator[bytes]:
    """The body in bites as they come, never unpacked; CallFailed when it grows too long."""
    seen = 0
    while True:
        with _telling(cord):
            bite = response.read1(BITE, decode_content=False)
            if cord.is_cut:  # a cut connection reads like one that ended
                raise TimeoutError
        if not bite:
            return
        seen += len(bite)
        if seen > limits.answer_maximum_bytes:
            raise CallFailed(Why.TOO_LONG)
        yield bite


@contextmanager
def _telling(cord: Cord) -> Iterator[None]:
    """Whatever the network throws becomes CallFailed; its texts hold addresses and go no further."""
    try:
        yield
    except CallFailed as error:
        raise CallFailed(Why.SLOW if cord.is_cut else error.why) from None
    except (OSError, HTTPException, HTTPError) as error:
        raise CallFailed(_why(error, cord)) from None


def _why(error: Exception, cord: Cord) -> Why:
    if cord.is_cut:
        return Why.SLOW
    if isinstance(error, ssl.SSLCertVerificationError):
        return Why.CERTIFICATE
    if isinstance(error, TimeoutError | TooSlow):
        return Why.SILENT
    return Why.UNREACHABLE if isinstance(error, OSError) else Why.BROKEN
