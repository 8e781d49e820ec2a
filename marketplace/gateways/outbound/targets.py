"""Reading an address that somebody typed: what is refused before anybody is asked where it leads."""

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, urlsplit

from marketplace.gateways.outbound.networks import IPAddress, is_public

PORTS = {"https": 443, "http": 80}
HOST_CHARACTERS, URL_CHARACTERS = 253, 500
BIGGEST_PORT = 65535
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")  # a last part like this makes a host a number
_PLAIN = re.compile(r"[\x21-\x7e]+")
_PATH = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")
NOT_PUBLIC = "This address is on a private network. Enter one that can be reached from anywhere."


class Unwelcome(ValueError):
    """An address that is not called; `str` is the sentence for whoever typed it."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address in parts; `own` is one of the operator's, which may be private and without https."""

    scheme: str
    host: str
    port: int
    path: str
    own: bool = False

    @property
    def literal(self) -> IPAddress | None:
        """The host as the number it is written as, if it is one."""
        return literal(self.host)

    def under(self, path: str) -> "Target":
        """The same place, this much further down."""
        return replace(self, path=self.path + path)


Place = tuple[str, int]


def read(url: str, *, ports: Collection[int], own: Collection[Place] = ()) -> Target:
    """The parts of `url`, or Unwelcome: https to a public host on one of `ports`, or a place in `own`."""
    parts = _split(url)
    host, port = _host(parts), _port(parts)
    path = parts.path.rstrip("/")
    if (host, port) in own:
        return Target(parts.scheme, host, port, path, own=True)
    if parts.scheme != "https":
        raise Unwelcome("Enter an address that begins with https://.")
    if port not in ports:
        allowed = " or ".join(str(number) for number in sorted(ports))
        raise Unwelcome(f"Use port {allowed}, or leave the port out.")
    number = literal(host)
    if number is not None and not is_public(number):
        raise Unwelcome(NOT_PUBLIC)
    if number is None and "." not in host:
        raise Unwelcome(NOT_PUBLIC)
    return Target(parts.scheme, host, port, path)


def place(text: str) -> Place:
    """`host:port` as an operator writes it, IPv6 in brackets; ValueError when it is not that."""
    parts = urlsplit(f"//{text.strip()}")
    if parts.port is None or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(f"{text.strip()!r} is not host:port")
    return _host(parts), _port(parts)


def literal(host: str) -> IPAddress | None:
    """The number that `host` is, written in full; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _split(url: str) -> SplitResult:
    url = url.strip()
    if len(url) > URL_CHARACTERS:
        raise Unwelcome(f"Use {URL_CHARACTERS} characters or fewer.")
    if not _PLAIN.fullmatch(url) or "\\" in url:
        raise Unwelcome(
            "Write the address in plain letters, without spaces (a name in other letters as xn--...)."
        )
    try:
        parts = urlsplit(url)
    except ValueError:
        raise Unwelcome("This is not a web address, such as https://models.example.org/v1.") from None
    if parts.scheme not in PORTS or not parts.netloc:
        raise Unwelcome("Enter a web address, such as https://models.example.org/v1.")
    if "@" in parts.netloc:
        raise Unwelcome("Take the name and the password out of the address. The key has a field of its own.")
    if parts.query or parts.fragment or url.endswith(("?", "#")):
        raise Unwelcome("Take away everything from the ? or # on.")
    if not _PATH.fullmatch(parts.path) or "/." in parts.path:
        raise Unwelcome("The part after the host holds characters that do not belong there.")
    return parts


def _host(parts: SplitResult) -> str:
    """The host in small letters, or Unwelcome: a name, or a number in the one full way of writing it."""
    host = (parts.hostname or "").lower()
    number = literal(host)
    if number is not None and "%" not in host:
        return str(number)
    labels = host.split(".")
    if len(host) > HOST_CHARACTERS or not all(_LABEL.fullmatch(label) for label in labels):
        raise Unwelcome("The host in this address is not a name, such as models.example.org.")
    if _NUMBER.fullmatch(labels[-1]):
        raise Unwelcome("Write the host as a name, or as four numbers from 0 to 255.")
    return host


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0 or parts.netloc.endswith(":"):
        raise Unwelcome(f"The port is not a number from 1 to {BIGGEST_PORT}.")
    return port or PORTS.get(parts.scheme, 0)
