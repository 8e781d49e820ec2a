"""A chat model's service on 127.0.0.1 that behaves as a test wants: kindly, slowly, wrongly, with malice."""

import json
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from config.policy import OUTBOUND, OutboundRules
from marketplace.gateways.language_models.client import ChatCompletions
from marketplace.gateways.language_models.protocol import Address, Message

KEY = "sk-secret-0123456789"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n"
DONE = b"data: [DONE]\n\n"


@dataclass
class Wire:
    """One connection on the server's side."""

    socket: socket.socket
    over: threading.Event
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    line: str = ""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def reset(self) -> None:
        """Break the connection so that the other side reads an error, not an end."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def rest(self) -> bool:
        """Wait a moment; False once the test is over."""
        return not self.over.wait(0.01)


Behaviour = Callable[[Wire], None]


def chunk(text: str | None, **more: Any) -> bytes:
    """One streamed chunk."""
    said = {"choices": [{"index": 0, "delta": {"content": text}}], **more}
    return f"data: {json.dumps(said)}\n\n".encode()


def talk(*texts: str) -> Behaviour:
    """Say these pieces as a service does."""

    def behave(wire: Wire) -> None:
        wire.send(HEAD + b"".join(map(chunk, texts)) + DONE)

    return behave


def raw(data: bytes) -> Behaviour:
    """Send these bytes and hang up."""
    return lambda wire: wire.send(data)


def after_head(data: bytes) -> Behaviour:
    """Begin well, then send these bytes and hang up."""
    return raw(HEAD + data)


def answers(status: str, *headers: str, body: bytes = b"") -> Behaviour:
    """A whole answer with this status line."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return raw("\r\n".join(lines).encode() + body)


class ModelServer(socketserver.ThreadingTCPServer):
    """Counts connections, keeps requests, and does what it was told."""

    daemon_threads = False

    def __init__(
        self, behave: Behaviour, *, context: ssl.SSLContext | None = None, silent: bool = False
    ) -> None:
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        self.behave, self.context, self.silent = behave, context, silent
        self.over = threading.Event()
        self.hits = 0
        self.asked: list[Wire] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.hits += 1
        with suppress(OSError), self._open(request) as opened:
            wire = Wire(opened, self.over)
            if not self.silent:
                _read(wire)
                self.asked.append(wire)
            self.behave(wire)

    def _open(self, request: socket.socket) -> socket.socket:
        return self.context.wrap_socket(request, server_side=True) if self.context else request

    def shutdown_request(self, request: Any) -> None:
        with suppress(OSError):
            super().shutdown_request(request)


def _read(wire: Wire) -> None:
    with wire.socket.makefile("rb") as stream:
        wire.line = stream.readline().decode().strip()
        while line := stream.readline().decode().strip():
            name, _, value = line.partition(":")
            wire.headers[name.lower()] = value.strip()
        wire.body = json.loads(stream.read(int(wire.headers.get("content-length", 0))) or b"{}")


@contextmanager
def serving(behave: Behaviour, **how: Any) -> Iterator[ModelServer]:
    """The server while the block runs."""
    with ModelServer(behave, **how) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()


def limits(**changes: Any) -> OutboundRules:
    """The house's limits, some of them smaller."""
    return OUTBOUND.model_copy(update=changes)


@cache
def trusting() -> ssl.SSLContext:
    """What the system trusts, read once."""
    return ssl.create_default_context()


def client(server: ModelServer, **changes: Any) -> ChatCompletions:
    """A client for which this server is the operator's own."""
    own = {("127.0.0.1", server.port)}
    return ChatCompletions(own=own, limits=limits(**changes), context=trusting())


def asked(models: Any, url: str, text: str = "Hello?", key: str = KEY) -> str:
    """The whole answer to one message."""
    return "".join(models.answer(Address(url, "m-1", key), [Message("user", text)]))
