"""A mail as bytes: headers of ours, text first, HTML as the alternative."""

import hashlib
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from marketplace.gateways.mail.protocol import BadMail, Mail
from marketplace.kit import clock, ids

DIGEST = 32


def build(mail: Mail, *, sender: str) -> EmailMessage:
    """The message to send from `sender`, an address with or without a name."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = _message_id(mail, sender)
    message["Auto-Submitted"] = "auto-generated"  # no holiday answers, please
    for name, value in mail.headers.items():
        message[name] = value
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    return message


def address_of(sender: str) -> str:
    """The bare address in `Assay <assay@example.org>`; BadMail when there is none."""
    address = parseaddr(sender)[1]
    if "@" not in address:
        raise BadMail(f"{sender!r} has no address to send from")
    return address


def _message_id(mail: Mail, sender: str) -> str:
    seed = f"{mail.reference}\n{mail.to}" if mail.reference else ids.token()
    return f"<{hashlib.sha256(seed.encode()).hexdigest()[:DIGEST]}@{address_of(sender).rpartition('@')[2]}>"
