"""An emulator in a temporary file, payments through it, and the contract watching both."""

from pathlib import Path

import pytest

from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator.server import Emulator
from marketplace.gateways.stripe.emulator.store import Rules
from tests.contracts.stripe_contract import Contract

PUBLIC_URL = "http://assay.test"


@pytest.fixture
def emulator(tmp_path: Path) -> Emulator:
    emulator = Emulator(tmp_path / "payments.sqlite", rules=Rules(PUBLIC_URL, card_seconds=0))
    emulator.watchers.append(Contract().watch)
    return emulator


@pytest.fixture
def payments(emulator: Emulator) -> EmulatedPayments:
    return EmulatedPayments(emulator)
