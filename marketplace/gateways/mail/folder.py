"""Mail as files: one `.eml` each, for machines without a mail server.  Open them in any mail program."""

import email
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from marketplace.gateways.mail.message import build
from marketplace.gateways.mail.protocol import Mail
from marketplace.kit import clock, ids
from marketplace.kit.database import outside_transaction

PRIVATE = 0o700


class FolderMailer:
    """The double that ships."""

    def __init__(self, folder: Path, *, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, mail: Mail) -> None:
        """Write the mail into the folder; its name begins with the time."""
        outside_transaction()
        self._folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        name = f"{clock.now():%Y%m%d-%H%M%S-%f}-{ids.new_id().hex[-8:]}"
        half = self._folder / f"{name}.part"
        half.write_bytes(build(mail, sender=self._sender).as_bytes())
        half.rename(self._folder / f"{name}.eml")  # whoever lists the folder never reads half a mail

    def sent(self) -> Sequence[EmailMessage]:
        """Every mail in the folder, oldest first."""
        found = sorted(self._folder.glob("*.eml"))
        return [email.message_from_bytes(path.read_bytes(), EmailMessage, policy=SMTP) for path in found]
