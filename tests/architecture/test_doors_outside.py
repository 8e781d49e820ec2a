"""Who may open a connection: gateways, file by file, and the simulation, which is a visitor."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import name, parsed, sources

CLIENTS = {
    "aiohttp", "asyncio", "ftplib", "http.client", "httpx", "imaplib", "obstore", "poplib", "pycurl", "requests", "smtplib",
    "socket", "socketserver", "ssl", "stripe", "telnetlib", "urllib.request", "urllib3", "websockets",
    "xmlrpc.client",
}  # fmt: skip
MAY = {
    "commands/simulation/browser.py": {"requests"},  # a visitor, outside the house
    "commands/simulation/server.py": {"requests", "socket"},
    "marketplace/gateways/language_models/client.py": {"ssl"},  # whom it trusts; connections are outbound's
    "marketplace/gateways/mail/smtp.py": {"smtplib", "ssl"},
    "marketplace/gateways/outbound/calling.py": {"http.client", "ssl", "urllib3"},
    "marketplace/gateways/outbound/connection.py": {"socket", "ssl", "urllib3"},
    "marketplace/gateways/outbound/resolving.py": {"socket"},
    "marketplace/gateways/storage/s3.py": {"obstore"},  # to the operator's own bucket
}
STRIPE = "marketplace/gateways/stripe/"


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module a file imports, each with the packages it lies in."""
    for node in ast.walk(tree):
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for module in modules:
            parts = module.split(".")
            yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))


def clients(path: Path) -> set[str]:
    """The ways to the network that a file imports."""
    return set(imported(parsed(path))) & CLIENTS


def test_only_these_files_reach_the_network() -> None:
    found = {name(path): clients(path) for path in sources() if clients(path)}
    stripe = {file: ways for file, ways in found.items() if file.startswith(STRIPE)}
    assert {way for ways in stripe.values() for way in ways} == {"stripe", "requests"}
    assert {file: ways for file, ways in found.items() if file not in stripe} == MAY


def test_what_connects_to_addresses_of_others_pins_them() -> None:
    """A pool or a helper of the library would ask a name server a second time."""
    careless = {"create_connection", "PoolManager", "HTTPConnectionPool", "HTTPSConnectionPool", "urlopen"}
    found = {
        (name(path), node.attr if isinstance(node, ast.Attribute) else node.id)
        for path in sources()
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.Attribute) and node.attr in careless)
        or (isinstance(node, ast.Name) and node.id in careless)
    }
    assert found == set()


@pytest.mark.parametrize(
    "line",
    [
        "import urllib.request",
        "from urllib import request",
        "from http import client",
        "import requests as r",
    ],
)
def test_the_law_itself_sees(line: str) -> None:
    assert set(imported(ast.parse(line))) & CLIENTS
