"""What rooms ask of the mail gateway."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,255}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_OURS = {"to", "from", "subject", "date", "message-id", "sender", "cc", "bcc", "reply-to", "mime-version"}


class BadMail(ValueError):
    """A mail that must not be built: a line break in a header, or something that is not one address."""


class MailDown(Exception):
    """The mail server did not take the mail; the same mail may be sent again."""


class MailRefused(Exception):
    """The mail server will never take this mail: the address does not exist there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail to one person; BadMail when a header could carry a second one.

    `reference` names the fact it tells about (`notice:<id>`): sent twice it keeps its Message-ID, so that
    mail programs show it once.  `headers` are additions such as `List-Unsubscribe`.
    """

    to: str
    subject: str
    text: str
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""

    def __post_init__(self) -> None:
        if not self.to.isprintable() or not _ADDRESS.fullmatch(self.to):
            raise BadMail("the receiver is not one mail address")
        for name, value in {"Subject": self.subject, **self.headers}.items():
            if _CONTROL.search(value):
                raise BadMail(f"a line break or control character in {name!r}")
        for name in self.headers:
            if not _NAME.fullmatch(name) or name.lower() in _OURS or name.lower().startswith("content-"):
                raise BadMail(f"{name!r} is not a header a mail may add")


class Mailer(Protocol):
    """Sends mail.  Uses the network: never inside a transaction."""

    def send(self, mail: Mail) -> None:
        """Hand the mail to the server; MailDown (try again) or MailRefused (never) when it is not taken."""
