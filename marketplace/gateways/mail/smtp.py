"""Mail over SMTP, always encrypted unless the server is this machine."""

import smtplib
import ssl
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

import structlog

from marketplace.gateways.mail.message import address_of, build
from marketplace.gateways.mail.protocol import Mail, MailDown, MailRefused
from marketplace.kit.database import outside_transaction

TIMEOUT_SECONDS = 30
PORTS = {"smtp": 587, "smtps": 465}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
PERMANENT = 500
log = structlog.get_logger()


class BadMailUrl(ValueError):
    """MAIL_URL cannot be used; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where mail is handed in: `smtps` is encrypted from the first byte, `smtp` after STARTTLS."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    encrypted: bool

    @classmethod
    def read(cls, url: str) -> "Server":
        """`smtp://user:password@host:587`, `smtps://...`, or `smtp://localhost:25?tls=off` on this one."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise BadMailUrl("MAIL_URL must look like smtp://user:password@host:587 or smtps://...")
        plain = parse_qs(parts.query).get("tls") == ["off"]
        if plain and (parts.scheme != "smtp" or parts.hostname not in LOOPBACK):
            raise BadMailUrl("MAIL_URL: only a server on this machine may go without TLS")
        return cls(
            scheme=parts.scheme,
            host=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            encrypted=not plain,
        )


class SmtpMailer:
    """One connection per mail: simple, and nothing is left open between two messages of the outbox."""

    def __init__(self, url: str, *, sender: str) -> None:
        self._server = Server.read(url)
        self._sender = sender
        address_of(sender)

    def send(self, mail: Mail) -> None:
        """Hand the mail to the server; MailDown (try again) or MailRefused (never) when it is not taken."""
        outside_transaction()
        message = build(mail, sender=self._sender)
        try:
            with self._connect() as server:
                server.send_message(message, address_of(self._sender), [mail.to])
        except smtplib.SMTPRecipientsRefused as error:
            status = max((code for code, _ in error.recipients.values()), default=0)
            log.warning("mail_refused", status=status)
            raise (MailRefused if status >= PERMANENT else MailDown)(f"receiver refused, {status}") from None
        except (smtplib.SMTPException, OSError) as error:
            log.warning("mail_down", error=type(error).__name__)
            raise MailDown(type(error).__name__) from error

    def _connect(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        if server.scheme == "smtps":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
        try:
            if server.scheme == "smtp" and server.encrypted:
                smtp.starttls(context=context)  # raises when the server does not offer it
            if server.user:
                smtp.login(server.user, server.password)
        except Exception:
            smtp.close()
            raise
        return smtp
