"""Where a host leads, asked once: the answer that was checked is the one that is called."""

import ipaddress
import socket
from collections.abc import Callable, Sequence

from marketplace.gateways.outbound.networks import IPAddress, is_public
from marketplace.gateways.outbound.targets import NOT_PUBLIC, Target, Unwelcome

Resolve = Callable[[str, int], Sequence[str]]


def ask_system(host: str, port: int) -> Sequence[str]:
    """Every address of the host, as numbers; OSError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for _, _, _, _, address in found]


def addresses(target: Target, resolve: Resolve) -> list[IPAddress]:
    """The target's addresses, each once; Unwelcome unless every one is public or the place is the operator's.

    One private address among public ones refuses them all: whoever set it up wanted us to reach it.
    """
    number = target.literal
    said = [str(number)] if number is not None else resolve(target.host, target.port)
    try:
        found = [ipaddress.ip_address(address) for address in dict.fromkeys(said)]
    except ValueError:
        raise Unwelcome(NOT_PUBLIC) from None
    if not target.own and not all(is_public(address) for address in found):
        raise Unwelcome(NOT_PUBLIC)
    return found
