"""Loads what a worker needs before it is forked, the payment library's many modules too: a life is short."""

import tempfile
from pathlib import Path

from sqlalchemy.orm import configure_mappers

from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator.server import Emulator
from marketplace.gateways.stripe.emulator.store import Rules
from tests.factories import workers
from tests.factories.gateways import transfer_order

__all__ = ["workers"]

with tempfile.TemporaryDirectory() as folder:
    payments = EmulatedPayments(Emulator(Path(folder) / "warm.sqlite", rules=Rules("http://assay.test")))
    payments.transfer(transfer_order("acct_nobody"))
    payments.find_transfers("nothing", "acct_nobody")
configure_mappers()
