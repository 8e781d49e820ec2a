"""One connection to one checked address, with a cord that cuts it whatever it is doing."""

import contextlib
import socket
import ssl
import threading
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection

from marketplace.gateways.outbound.networks import IPAddress
from marketplace.gateways.outbound.targets import PORTS, Target


class Cord:
    """Ends a call after `seconds`: a peer that sends a byte now and then never lets a read time out."""

    def __init__(self, seconds: float) -> None:
        self.is_cut = False
        self._lock = threading.Lock()
        self._held: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self.cut)
        self._timer.daemon = True
        self._timer.start()

    def hold(self, connected: socket.socket) -> None:
        """Cut this connection too; TimeoutError when the time is already over.

        A second handle is kept: TLS takes the first one over, and shutting down either ends both.
        """
        with self._lock:
            if self.is_cut:
                raise TimeoutError
            self._held.append(connected.dup())

    def cut(self) -> None:
        """Shut the connection; whoever reads or writes on it wakes up."""
        with self._lock:
            self.is_cut = True
            for handle in self._held:
                with contextlib.suppress(OSError):
                    handle.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """The call is over: nothing is cut any more."""
        self._timer.cancel()
        with self._lock:
            while self._held:
                self._held.pop().close()


class _Pinned(HTTPConnection):
    """Connects to the number it was given and asks nobody where a name leads."""

    pin: IPAddress
    cord: Cord

    def _new_conn(self) -> socket.socket:
        family = socket.AF_INET if self.pin.version == 4 else socket.AF_INET6  # noqa: PLR2004 - of the protocol
        connecting = socket.socket(family, socket.SOCK_STREAM)
        try:
            connecting.settimeout(self.timeout)
            connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connecting.connect((str(self.pin), self.port))
            self.cord.hold(connecting)
        except BaseException:
            connecting.close()
            raise
        return connecting


class _PinnedTLS(_Pinned, HTTPSConnection):
    """The same with TLS: the certificate must be the name's."""


def connect(
    target: Target, address: IPAddress, *, cord: Cord, seconds: float, context: ssl.SSLContext
) -> HTTPConnection:
    """An open connection to the target at this address, or OSError; the certificate is checked by name.

    The connection knows the number only, so even a library that ignored the pin would ask no name server.
    """
    given: dict[str, Any] = {"host": str(address), "port": target.port, "timeout": seconds}
    connection: _Pinned
    if target.scheme == "https":
        connection = _PinnedTLS(**given, server_hostname=target.host, ssl_context=context)
    else:
        connection = _Pinned(**given)
    connection.pin, connection.cord = address, cord
    try:
        connection.connect()
    except BaseException:
        connection.close()
        raise
    return connection


def host_header(target: Target) -> str:
    """The name of the target as a server expects it."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    return host if target.port == PORTS[target.scheme] else f"{host}:{target.port}"
