"""The payment provider through its own SDK: the same code talks to Stripe and to the emulator."""

import stripe

from marketplace.gateways.stripe.client.accounts import Accounts
from marketplace.gateways.stripe.client.deposits import Deposits
from marketplace.gateways.stripe.client.disputes import Disputes
from marketplace.gateways.stripe.client.inbound import Inbound
from marketplace.gateways.stripe.client.invoices import Invoices
from marketplace.gateways.stripe.client.statements import Statements
from marketplace.gateways.stripe.client.transfers import Transfers
from marketplace.gateways.stripe.events import Endpoint
from marketplace.gateways.stripe.protocol import Post

TIMEOUT_SECONDS = 30
REPETITIONS = 2  # with the attempt itself 90 seconds at most, well inside the five minutes of a lease


class StripePayments(Deposits, Invoices, Disputes, Accounts, Transfers, Statements, Inbound):
    """Payments over `stripe.StripeClient`; says nothing about itself to anybody (telemetry is off)."""

    def __init__(
        self,
        secret_key: str,
        *,
        webhook_secrets: dict[Endpoint, str],
        livemode: bool,
        api_base: str = "",
        transport: stripe.HTTPClient | None = None,
    ) -> None:
        stripe.enable_telemetry = False  # before the client: it would write an id into the home folder
        self._livemode = livemode
        self._secrets = webhook_secrets
        self._client = stripe.StripeClient(
            secret_key,
            max_network_retries=REPETITIONS,
            base_addresses={"api": api_base} if api_base else None,
            http_client=transport or stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        )

    @property
    def livemode(self) -> bool:
        """Real money moves."""
        return self._livemode

    def deliver(self, post: Post) -> int:
        """Stripe posts its events itself."""
        return 0
