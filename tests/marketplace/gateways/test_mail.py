"""Mail: one receiver, our headers only, encrypted on the way, and files where there is no server."""

import smtplib
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any, Self

import pytest

from marketplace.gateways.mail.folder import FolderMailer
from marketplace.gateways.mail.message import build
from marketplace.gateways.mail.protocol import BadMail, Mail, MailDown, Mailer, MailRefused
from marketplace.gateways.mail.smtp import BadMailUrl, Server, SmtpMailer
from marketplace.kit.database import make_sessions, transaction

SENDER = "Assay <assay@assay.example>"
EXPECTED = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"}


def mail(**changes: Any) -> Mail:
    return Mail(
        **{"to": "ada@example.org", "subject": "Your work was approved", "text": "Well done.\n", **changes}
    )


@pytest.mark.parametrize("letter", ["\r", "\n", "\r\nBcc: eve@evil.example", "\0", "\x0b", "\x85", "\u2028"])
@pytest.mark.parametrize("field", ["to", "subject", "header", "name"])
def test_no_header_carries_a_second_one(letter: str, field: str) -> None:
    spoiled: dict[str, Callable[[], Mail]] = {
        "to": lambda: mail(to=f"ada@example.org{letter}"),
        "subject": lambda: mail(subject=f"Hello{letter}there"),
        "header": lambda: mail(headers={"List-Unsubscribe": f"<https://a.example>{letter}"}),
        "name": lambda: mail(headers={f"X-A{letter}B": "1"}),
    }
    with pytest.raises(BadMail):
        spoiled[field]()


@pytest.mark.parametrize(
    "to",
    [
        "",
        "ada",
        "@example.org",
        "ada@",
        "a@b.example, eve@evil.example",
        "a@b.example;eve@evil.example",
        "Ada <ada@example.org>",
        "<ada@example.org>",
        "a b@example.org",
        "ada@example.org ",
        "a@b@c.example",
        '"a,b"@example.org',
        "x" * 65 + "@example.org",
    ],
)
def test_one_receiver_and_nothing_else(to: str) -> None:
    with pytest.raises(BadMail):
        mail(to=to)


@pytest.mark.parametrize("name", ["Bcc", "to", "Subject", "Content-Type", "X Y", "", "1x", "Reply-To", "X:"])
def test_headers_a_mail_may_not_add(name: str) -> None:
    with pytest.raises(BadMail):
        mail(headers={name: "x"})


def test_a_mail_has_exactly_its_headers() -> None:
    message = build(mail(), sender=SENDER)
    assert set(message.keys()) == EXPECTED | {"Content-Transfer-Encoding"}
    assert message["To"] == "ada@example.org"
    assert message["From"] == SENDER
    assert message["Message-ID"].endswith("@assay.example>")
    more = build(mail(headers={"List-Unsubscribe": "<https://assay.example/u>"}), sender=SENDER)
    assert more["List-Unsubscribe"] == "<https://assay.example/u>"


def test_html_is_the_alternative_and_letters_survive() -> None:
    text, html = "Grüße, 你好 €\n", "<p>Grüße, 你好 €</p>\n"
    message = message_from_bytes(
        build(mail(subject="Prüfung ✓", text=text, html=html), sender=SENDER).as_bytes(),
        EmailMessage,
        policy=SMTP,
    )
    assert message["Subject"] == "Prüfung ✓"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    plain, rich = (str(part.get_content()).replace("\r\n", "\n") for part in message.iter_parts())
    assert (plain, rich) == (text, html)


def test_the_same_reference_keeps_its_message_id() -> None:
    first, again = (build(mail(reference="notice:1"), sender=SENDER)["Message-ID"] for _ in range(2))
    assert first == again
    assert build(mail(reference="notice:2"), sender=SENDER)["Message-ID"] != first
    assert build(mail(to="bob@example.org", reference="notice:1"), sender=SENDER)["Message-ID"] != first
    assert build(mail(), sender=SENDER)["Message-ID"] != build(mail(), sender=SENDER)["Message-ID"]


def test_a_folder_keeps_one_file_per_mail(tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path / "mail", sender=SENDER)
    assert mailer.sent() == []
    for subject in ("One", "Two", "Three"):
        mailer.send(mail(subject=subject))
    assert [message["Subject"] for message in mailer.sent()] == ["One", "Two", "Three"]
    assert len(list((tmp_path / "mail").iterdir())) == 3
    assert str(mailer.sent()[0].get_content()).strip() == "Well done."


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://u:p%40ss@mail.example", ("smtp", "mail.example", 587, "u", "p@ss", True)),
        ("smtps://mail.example:4650", ("smtps", "mail.example", 4650, "", "", True)),
        ("smtp://localhost:1025?tls=off", ("smtp", "localhost", 1025, "", "", False)),
    ],
)
def test_addresses_of_servers(url: str, server: tuple[Any, ...]) -> None:
    read = Server.read(url)
    assert (read.scheme, read.host, read.port, read.user, read.password, read.encrypted) == server


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example",
        "mail.example",
        "smtp://",
        "smtp://mail.example?tls=off",
        "smtps://localhost?tls=off",
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(BadMailUrl):
        SmtpMailer(url, sender=SENDER)


def test_a_sender_without_an_address_stops_the_start() -> None:
    with pytest.raises(BadMail):
        SmtpMailer("smtps://mail.example", sender="Assay")


class Handler(socketserver.StreamRequestHandler):
    """A mail server on this machine that says what the test wants."""

    def handle(self) -> None:
        server: Any = self.server
        self.wfile.write(b"220 ready\r\n")
        while line := self.rfile.readline():
            verb = line.decode().split()[0].upper() if line.strip() else ""
            server.lines.append(line.decode().strip())
            if verb == "DATA":
                self.wfile.write(b"354 go on\r\n")
                server.mails.append(self._body())
                self.wfile.write(server.after_data)
            elif verb == "RCPT":
                self.wfile.write(server.after_rcpt)
            elif verb == "QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 fine\r\n")

    def _body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        return b"".join(lines)


@pytest.fixture
def server() -> Iterator[Any]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        made: Any = server
        made.daemon_threads = True
        made.lines, made.mails = [], []
        made.after_rcpt = made.after_data = b"250 fine\r\n"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        server.shutdown()
        thread.join()


def mailer_for(server: Any) -> Mailer:
    return SmtpMailer(f"smtp://127.0.0.1:{server.server_address[1]}?tls=off", sender=SENDER)


def test_what_arrives_at_a_server(server: Any) -> None:
    mailer_for(server).send(mail(text="Hello.\n.\nA line with a dot above.\n"))
    said = [line for line in server.lines if line.upper().startswith(("MAIL", "RCPT"))]
    assert [line.partition(" size")[0].lower() for line in said] == [
        "mail from:<assay@assay.example>",
        "rcpt to:<ada@example.org>",
    ]
    arrived = message_from_bytes(server.mails[0], EmailMessage, policy=SMTP)
    assert set(arrived.keys()) == EXPECTED | {"Content-Transfer-Encoding"}
    assert "A line with a dot above." in str(arrived.get_content())


@pytest.mark.parametrize(
    ("after", "answer", "wrong"),
    [
        ("after_rcpt", b"550 no such user\r\n", MailRefused),
        ("after_rcpt", b"450 try later\r\n", MailDown),
        ("after_data", b"451 try later\r\n", MailDown),
        ("after_data", b"554 looks like spam\r\n", MailDown),
    ],
)
def test_what_a_server_does_not_take(server: Any, after: str, answer: bytes, wrong: type[Exception]) -> None:
    setattr(server, after, answer)
    with pytest.raises(wrong):
        mailer_for(server).send(mail())


def test_a_server_that_is_not_there() -> None:
    with pytest.raises(MailDown):
        SmtpMailer("smtp://127.0.0.1:1?tls=off", sender=SENDER).send(mail())


def test_a_password_never_goes_over_an_open_line(server: Any) -> None:
    """The server offers no STARTTLS: the mail stays here and so does the password."""
    with pytest.raises(MailDown):
        SmtpMailer(f"smtp://u:secret@127.0.0.1:{server.server_address[1]}", sender=SENDER).send(mail())
    assert not server.mails
    assert not [line for line in server.lines if line.upper().startswith("AUTH")]


class Recorder:
    """smtplib's client, as far as we use it."""

    def __init__(self, log: list[str], host: str, port: int, *, timeout: float, context: Any = None) -> None:
        self.log = log
        log.append(f"connect {host}:{port} {timeout:.0f}s {'tls' if context else 'plain'}")
        self._verified(context)

    def _verified(self, context: ssl.SSLContext | None) -> None:
        if context is not None:
            assert context.verify_mode is ssl.CERT_REQUIRED
            assert context.check_hostname

    def starttls(self, *, context: ssl.SSLContext) -> None:
        self._verified(context)
        self.log.append("starttls")

    def login(self, user: str, password: str) -> None:
        self.log.append(f"login {user} {password}")

    def send_message(self, message: EmailMessage, sender: str, to: list[str]) -> None:
        self.log.append(f"send {sender} {to}")

    def close(self) -> None:
        self.log.append("close")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.log.append("quit")


@pytest.mark.parametrize(
    ("url", "first"),
    [
        ("smtp://u:p@mail.example", ["connect mail.example:587 30s plain", "starttls"]),
        ("smtps://u:p@mail.example", ["connect mail.example:465 30s tls"]),
    ],
)
def test_encryption_comes_before_the_password(
    url: str, first: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log: list[str] = []
    for name in ("SMTP", "SMTP_SSL"):
        monkeypatch.setattr(smtplib, name, lambda *a, **k: Recorder(log, *a, **k))
    SmtpMailer(url, sender=SENDER).send(mail())
    assert log == [*first, "login u p", "send assay@assay.example ['ada@example.org']", "quit"]


def test_no_mail_inside_a_transaction(tmp_path: Path) -> None:
    sessions = make_sessions("sqlite://")
    for mailer in (FolderMailer(tmp_path, sender=SENDER), SmtpMailer("smtps://m.example", sender=SENDER)):
        with transaction(sessions), pytest.raises(RuntimeError, match="inside a transaction"):
            mailer.send(mail())
    sessions.kw["bind"].dispose()
