"""Who must not check whose credential: ties between two people.  Pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from config.policy import PEOPLE

RESERVED = ("example", "test", "invalid", "localhost")  # names that belong to nobody (RFC 2606)


@dataclass(frozen=True, slots=True)
class Circle:
    """Where somebody can be met: their address, and the employers and schools of the last years."""

    email: str
    places: frozenset[str]


def tie(checker: Circle, expert: Circle, issuer: str) -> str | None:
    """What ties the two, as a sentence for the checker; None when nothing does."""
    host = mail_host(checker.email)
    if host and host == mail_host(expert.email):
        return f"You and this expert both have an address at {host}. Somebody else has to check it."
    shared = places(checker.places) & places(expert.places)
    if shared:
        return "You and this expert have worked or studied at the same place. Somebody else has to check it."
    if place(issuer) in places(checker.places):
        return "You know its issuer from your own work or study. Somebody else has to check it."
    return None


def mail_host(email: str) -> str | None:
    """The host that says who gave somebody their address; None for one that everybody can have."""
    host = email.rpartition("@")[2].lower().strip(".")
    if host in PEOPLE.shared_mail_hosts or host.rpartition(".")[2] in RESERVED:
        return None
    return host or None


def places(names: Iterable[str]) -> set[str]:
    """Names of employers and schools in one spelling each."""
    return {place(name) for name in names} - {""}


def place(name: str) -> str:
    """One spelling: no accents, case, signs or legal form."""
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()
    words = [word for word in re.split(r"\W+", plain) if word]
    return " ".join(
        word for word in words if word not in {"the", "inc", "llc", "ltd", "gmbh", "ag", "plc", "corp"}
    )
