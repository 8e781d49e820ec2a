"""The simulated people: how they join, confirm their address, sign in, and are given their roles."""

import re
import time
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from commands.simulation.browser import Browser, Lost, Page
from config.content import CLASSES

PASSWORD = "seven quiet lanterns"  # noqa: S105 - everybody in a simulation may know it
MAIL_SECONDS = 60.0
_LINK = re.compile(r"https?://[^/\s]+(/confirm/\S+)")


@dataclass(slots=True)
class Person:
    """One visitor with a name, an address and a browser of their own; `number` counts within the part."""

    number: int
    name: str
    email: str
    browser: Browser


def join(person: Person, kind: str, mails: Path) -> None:
    """Register as `expert` or `company`, then follow the link in the mail."""
    page = person.browser.get(f"/join/{kind}")
    person.browser.send(
        page, f"/join/{kind}", {"name": person.name, "email": person.email, "password": PASSWORD}
    )
    log_in(person)  # the answer to a form that was sent twice signs nobody in
    confirm = person.browser.get(_confirmation(mails, person.email))
    person.browser.send(confirm, "/confirm/")


def introduce(person: Person) -> None:
    """Fill in what a job asks of an expert: country and language."""
    page = person.browser.get("/profile/edit")
    said = {"headline": "Reads closely", "country": "US"}
    answer = person.browser.send(
        page, "/profile/edit", {**said, "languages-0-code": "en", "languages-0-level": "C2"}
    )
    if answer.status >= 400:  # noqa: PLR2004 - refused
        raise Lost(f"{person.email} has no profile: {answer.status} {answer.marked.get('errors', '')}")


def log_in(person: Person) -> Page:
    """Sign in, or go on as the one who is."""
    page = person.browser.get("/login")
    if not page.has_form("/login"):
        return page
    answer = person.browser.send(page, "/login", {"email": person.email, "password": PASSWORD})
    if answer.status != 200:  # noqa: PLR2004 - a page after the redirect
        raise Lost(f"{person.email} cannot sign in: {answer.status} {answer.marked.get('errors', '')}")
    return answer


def agree(person: Person) -> None:
    """Be willing to see what the played projects declare."""
    page = person.browser.get("/settings/content")
    person.browser.send(page, "/settings/content", {"classes": list(CLASSES)})


def grant(admin: Person, email: str, role: str) -> None:
    """Have an administrator give a role to whoever has this address."""
    found = admin.browser.get(f"/staff/people?q={email}")
    path = next((link for link in found.links if re.fullmatch(r"/staff/people/[0-9a-f-]{36}", link)), None)
    if path is None:
        raise Lost(f"nobody has the address {email}")
    admin.browser.send(admin.browser.get(path), "/roles", {"role": role})


def act_as(person: Person, role: str) -> None:
    """Go on in another of one's roles."""
    page = person.browser.get("/settings")
    if page.has_form("/settings/act-as"):
        person.browser.send(page, "/settings/act-as", {"role": role})


def _confirmation(mails: Path, email: str) -> str:
    """The path of the link in the newest mail to this address; development mail is kept in a folder."""
    waited = 0.0
    while waited < MAIL_SECONDS:
        for path in sorted(mails.glob("*.eml"), reverse=True):
            letter = message_from_bytes(path.read_bytes(), EmailMessage, policy=SMTP)
            link = _LINK.search(_text(letter)) if email in str(letter["To"]) else None
            if link:
                return link.group(1)
        time.sleep(0.25)
        waited += 0.25
    raise Lost(f"no confirmation mail to {email} in {mails}: is a worker running?")


def _text(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""
