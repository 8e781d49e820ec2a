"""Payments through the emulator: the same client, another transport."""

from marketplace.gateways.stripe.client import StripePayments
from marketplace.gateways.stripe.emulator.server import Emulator
from marketplace.gateways.stripe.emulator.transport import EmulatorTransport
from marketplace.gateways.stripe.protocol import Post


class EmulatedPayments(StripePayments):
    """What stands behind the protocol when there is no key.  `emulator` is for its pages and for tests."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(
            emulator.secret_key,
            webhook_secrets=dict(emulator.secrets),
            livemode=False,
            transport=EmulatorTransport(emulator),
        )
        self.emulator = emulator

    def deliver(self, post: Post) -> int:
        """Hand waiting events to `post`; returns how many were taken."""
        return self.emulator.deliver(post)
