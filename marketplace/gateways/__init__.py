"""Doors to the outside: payments, mail, files, chat models.

Each is a protocol, the real one, and a double that ships.  A room imports the protocol of what it
needs; `wiring.py` alone knows which of the two stands behind it.
"""

from dataclasses import dataclass

from marketplace.gateways.language_models.protocol import LanguageModels
from marketplace.gateways.mail.protocol import Mailer
from marketplace.gateways.storage.protocol import Storage
from marketplace.gateways.stripe.protocol import Payments


@dataclass(frozen=True, slots=True)
class Gateways:
    """Every door that is open in this process."""

    stripe: Payments
    mail: Mailer
    storage: Storage
    language_models: LanguageModels
