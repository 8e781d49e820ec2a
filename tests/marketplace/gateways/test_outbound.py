"""Addresses that other people chose: only public ones are called, and only the one that was checked."""

import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from pytest_socket import SocketConnectBlockedError

from config.policy import OUTBOUND
from marketplace.gateways.language_models.client import ChatCompletions
from marketplace.gateways.language_models.protocol import ModelFailed, Trouble
from marketplace.gateways.outbound import resolving, targets
from marketplace.gateways.outbound.networks import is_public
from marketplace.gateways.outbound.targets import Unwelcome
from marketplace.kit import clock
from tests.factories.model_server import Wire, asked, client, limits, serving, talk

PUBLIC = "93.184.216.34"
CLOSED_HOSTS = [  # every one is a way to say 127.0.0.1, another machine inside, or nothing at all
    "127.0.0.1",
    "127.0.0.2",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0X7F.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.0x1",
    "127.0.0.1.",
    "127.0.0.1..",
    "0",
    "0.0.0.0",
    "0.1.2.3",
    "00.0.0.0",
    "256.1.1.1",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "intranet",
    "⑫7.0.0.1",
    "①②⑦.⓪.⓪.①",
    "１２７.0.0.1",
    "127。0。0。1",
    "loc%61lhost",
    "127.0.0.1%00.example.org",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.8",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:93.184.216.34]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:5db8:d822::1]",
    "[2001:0:7f00:1::]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[fe80::1%eth0]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[100::1]",
    "[5f00::1]",
    "[::1",
    "::1",
    "[v1.fe80::]",
    "",
    ".",
    "a..example.org",
    "-a.example.org",
    "a_b-.example.org",
    "x" * 64 + ".example.org",
    "a b.example.org",
    "models.example.org\\@127.0.0.1",
    "models.example.org@127.0.0.1",
    "127.0.0.1:80@models.example.org",
    "127.0.0.1#.example.org",
    "127.0.0.1?.example.org",
    "*.example.org",
    "xn--",
]


@pytest.mark.parametrize("host", CLOSED_HOSTS)
def test_no_way_of_writing_an_address_leads_inside(host: str) -> None:
    with serving(talk("inside")) as inside:
        models = ChatCompletions(limits=limits(ports=[443, inside.port], connect_seconds=1))
        for url in (f"https://{host}:{inside.port}/v1", f"https://{host}/v1"):
            problem = models.problem(url)
            assert problem, url
            assert problem.endswith(".")
            with pytest.raises(ModelFailed) as caught:
                asked(models, url)
            assert caught.value.trouble is Trouble.FORBIDDEN
        assert inside.hits == 0


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://models.example.org/v1", "https://"),
        ("ftp://models.example.org/v1", "web address"),
        ("file:///etc/passwd", "web address"),
        ("gopher://models.example.org", "web address"),
        ("models.example.org/v1", "web address"),
        ("//models.example.org/v1", "web address"),
        ("https:models.example.org", "web address"),
        ("https:///v1", "web address"),
        ("", "plain letters"),
        ("https://models.example.org:8443/v1", "port 443"),
        ("https://models.example.org:22/", "port 443"),
        ("https://models.example.org:0/", "port"),
        ("https://models.example.org:/", "port"),
        ("https://models.example.org:99999/", "port"),
        ("https://models.example.org:abc/", "port"),
        ("https://ada:secret@models.example.org/v1", "password"),
        ("https://ada@models.example.org/v1", "password"),
        ("https://models.example.org/v1?key=1", "?"),
        ("https://models.example.org/v1#a", "#"),
        ("https://models.example.org/v1?", "?"),
        ("https://models.example.org/../admin", "characters"),
        ("https://models.example.org/a|b", "characters"),
        ("https://models.example.org/\r\nX-Evil: 1", "plain letters"),
        ("https://models.example.org/a b", "plain letters"),
        ("https://modéls.example.org/", "plain letters"),
        ("https://models.example.org\\.evil.example/", "plain letters"),
        ("https://" + "a." * 200 + "example.org/" + "x" * 100, "500"),
        ("https://" + "a." * 130 + "example.org/", "name"),
    ],
)
def test_what_is_wrong_with_an_address_is_said(url: str, says: str) -> None:
    problem = ChatCompletions().problem(url)
    assert problem
    assert says in problem
    assert "secret" not in problem


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.org/v1",
        "https://API.Example.org/v1/",
        " https://api.example.org:443/v1 ",
        "https://xn--bcher-kva.example/openai/v1",
        f"https://{PUBLIC}/v1",
        "https://[2606:2800:220:1:248:1893:25c8:1946]/v1",
        "https://models.example.org/v1/chat/completions",
        "https://a_b.example.org/openai/deployments/m-1",
    ],
)
def test_public_addresses_may_be_called(url: str) -> None:
    assert ChatCompletions().problem(url) is None


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"],
        [PUBLIC, "127.0.0.1"],
        ["127.0.0.1", PUBLIC],
        [PUBLIC] * 9 + ["10.0.0.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["fe80::1%eth0"],
        ["100.64.0.1"],
        ["169.254.169.254"],
        ["2002:7f00:1::"],
        ["64:ff9b::a00:1"],
        ["fec0::1"],
        ["rubbish"],
    ],
)
def test_a_name_is_as_private_as_its_most_private_address(found: list[str]) -> None:
    with serving(talk("inside")) as inside:
        models = ChatCompletions(limits=limits(ports=[inside.port]), resolve=lambda host, port: found)
        with pytest.raises(ModelFailed) as caught:
            asked(models, f"https://models.example.org:{inside.port}/v1")
        assert inside.hits == 0
    assert caught.value.trouble is Trouble.FORBIDDEN
    assert "private network" in caught.value.sentence


class Flipping:
    """A name server that says something harmless first and 127.0.0.1 from then on."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        self.asked += 1
        address = PUBLIC if self.asked == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_the_address_that_was_checked_is_the_one_that_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    flipping = Flipping()
    monkeypatch.setattr(socket, "getaddrinfo", flipping)
    with serving(talk("inside")) as inside:
        models = ChatCompletions(limits=limits(ports=[inside.port]))
        with pytest.raises(SocketConnectBlockedError, match=PUBLIC):  # tests may not leave this machine
            asked(models, f"https://models.example.org:{inside.port}/v1")
        assert (flipping.asked, inside.hits) == (1, 0)


def test_a_careless_client_would_have_been_led_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail: asking a second time does reach the listener."""
    monkeypatch.setattr(socket, "getaddrinfo", Flipping())
    with serving(lambda wire: None, silent=True) as inside:
        target = targets.read(f"https://models.example.org:{inside.port}/v1", ports=[inside.port])
        assert resolving.addresses(target, resolving.ask_system)
        with socket.create_connection((target.host, target.port)) as led:
            led.recv(1)  # until it hangs up: it has counted then
    assert inside.hits == 1


def test_a_place_of_the_operator_may_be_private_and_without_https() -> None:
    with serving(talk("Hi")) as server, serving(talk("inside")) as other:
        models = client(server)
        assert models.problem(server.url) is None
        assert asked(models, server.url) == "Hi"
        assert models.problem(other.url) is not None  # the same host on another port is not
        assert models.problem(server.url.replace("127.0.0.1", "127.0.0.2")) is not None
        assert other.hits == 0


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("127.0.0.1:11434", ("127.0.0.1", 11434)),
        (" llm.lan:8080 ", ("llm.lan", 8080)),
        ("LLM:80", ("llm", 80)),
        ("[::1]:8000", ("::1", 8000)),
    ],
)
def test_places_are_read_as_operators_write_them(text: str, place: tuple[str, int]) -> None:
    assert targets.place(text) == place


@pytest.mark.parametrize(
    "text",
    [
        "",
        "llm.lan",
        "http://llm.lan:80",
        "llm.lan:",
        "llm.lan:0",
        "llm.lan:x",
        "a@b:80",
        "127.1:80",
        "::1:80",
        "llm.lan:80/v1",
    ],
)
def test_a_place_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"[.]|port|Port|Write|:"):
        targets.place(text)


@given(st.ip_addresses(v=4))
def test_every_public_number_is_global_too(address: ipaddress.IPv4Address) -> None:
    assert address.is_global or not is_public(address)
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    assert not is_public(mapped)
    assert not is_public(ipaddress.IPv6Address(f"64:ff9b::{address}"))
    assert not is_public(ipaddress.IPv6Address((0x2002 << 112) | (int(address) << 80)))


@given(st.ip_addresses(v=6))
def test_no_strange_part_of_the_long_numbers_is_public(address: ipaddress.IPv6Address) -> None:
    assert int(address) >> 125 == 1 or not is_public(address)


@given(st.text(max_size=60))
def test_no_text_whatever_is_an_error(text: str) -> None:
    for url in (text, f"https://{text}", f"https://{text}/v1", f"https://models.example.org{text}"):
        try:
            found = targets.read(url, ports=OUTBOUND.ports)
        except Unwelcome:
            continue
        else:
            assert found.port == 443
            assert found.host.isascii()


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate for `name`, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    said = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    day = dt.timedelta(days=1)
    made = (
        x509.CertificateBuilder(said, said, key.public_key(), x509.random_serial_number())
        .not_valid_before(clock.now() - day)
        .not_valid_after(clock.now() + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths


@pytest.fixture
def secure(tmp_path: Path) -> Callable[[str, str], tuple[ssl.SSLContext, ssl.SSLContext]]:
    """The server's side and ours, which trusts only `trusted`'s certificate."""

    def make(served: str, trusted: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
        pems = {name: certificate(tmp_path, name) for name in {served, trusted}}
        theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        theirs.load_cert_chain(*pems[served])
        return theirs, ssl.create_default_context(cafile=str(pems[trusted][0]))

    return make


NAME = "models.example.org"


def tls_client(port: int, context: ssl.SSLContext | None, **changes: Any) -> ChatCompletions:
    def here(host: str, port: int) -> Sequence[str]:
        assert host == NAME
        return ["127.0.0.1"]

    return ChatCompletions(own={(NAME, port)}, resolve=here, context=context, limits=limits(**changes))


def test_https_is_checked_by_name_although_the_number_is_called(secure: Any) -> None:
    theirs, ours = secure(NAME, NAME)
    names: list[str | None] = []
    theirs.sni_callback = lambda _, name, __: names.append(name)
    with serving(talk("Hi"), context=theirs) as server:
        assert asked(tls_client(server.port, ours), f"https://{NAME}:{server.port}/v1") == "Hi"
        [wire] = server.asked
    assert wire.headers["host"] == f"{NAME}:{server.port}"
    assert names == [NAME]


@pytest.mark.parametrize(
    ("served", "trusted"), [("other.example.org", "other.example.org"), (NAME, "other.example.org")]
)
def test_a_certificate_of_somebody_else_ends_the_call(secure: Any, served: str, trusted: str) -> None:
    theirs, ours = secure(served, trusted)
    with serving(talk("Hi"), context=theirs) as server, pytest.raises(ModelFailed) as caught:
        asked(tls_client(server.port, ours), f"https://{NAME}:{server.port}/v1")
    assert "certificate" in caught.value.sentence
    assert server.asked == []


def test_https_is_never_answered_in_plain_text() -> None:
    with (
        serving(lambda wire: wire.send(b"HTTP/1.1 200 OK\r\n\r\n"), silent=True) as server,
        pytest.raises(ModelFailed),
    ):
        asked(tls_client(server.port, None), f"https://{NAME}:{server.port}/v1")
    assert server.hits == 1


def test_a_greeting_that_never_ends_is_cut() -> None:
    def drips(wire: Wire) -> None:
        wire.send(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03")
        while wire.rest():
            wire.send(b"\0")

    with serving(drips, silent=True) as server, pytest.raises(ModelFailed) as caught:
        asked(tls_client(server.port, None, total_seconds=0.4), f"https://{NAME}:{server.port}/v1")
    assert caught.value.trouble is Trouble.SLOW


def test_the_next_address_is_tried_when_one_is_out_of_reach() -> None:
    with serving(talk("Hi")) as server:
        models = ChatCompletions(
            own={(NAME, server.port)}, resolve=lambda host, port: ["::1", "127.0.0.1"], limits=limits()
        )
        assert asked(models, f"http://{NAME}:{server.port}/v1") == "Hi"
        [wire] = server.asked
    assert wire.headers["host"] == f"{NAME}:{server.port}"


def test_only_so_many_addresses_are_tried() -> None:
    with serving(talk("Hi")) as server:
        models = ChatCompletions(
            own={(NAME, server.port)},
            resolve=lambda host, port: ["::1", "127.0.0.1"],
            limits=limits(hosts_maximum=1),
        )
        with pytest.raises(ModelFailed) as caught:
            asked(models, f"http://{NAME}:{server.port}/v1")
    assert caught.value.trouble is Trouble.UNREACHABLE
    assert server.hits == 0
