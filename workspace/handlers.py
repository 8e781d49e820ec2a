"""Messages of the workspace and the work each one promises."""

from config.settings import Settings
from marketplace.gateways import Gateways
from marketplace.kit.signing import Signer
from marketplace.outbox.service import Handlers


def make(settings: Settings, gateways: Gateways, signer: Signer) -> Handlers:
    """Both tables; remote handlers get the gateways they talk through."""
    return Handlers(local={}, remote={})
