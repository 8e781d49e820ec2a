"""Messages of the marketplace and the work each one promises."""

from functools import partial

from config.settings import Settings
from marketplace.applications import service as applications
from marketplace.experts import service as experts
from marketplace.gateways import Gateways
from marketplace.identity import service as identity
from marketplace.kit.signing import Signer
from marketplace.notifications import service as notifications
from marketplace.outbox import service as outbox
from marketplace.outbox.service import Handlers
from marketplace.projects import service as projects


def make(settings: Settings, gateways: Gateways, signer: Signer) -> Handlers:
    """Both tables; remote handlers get the gateways they talk through."""
    site = settings.public_url.rstrip("/")
    letters = identity.Post(gateways.mail, signer, site)
    return Handlers(
        local={
            "outbox.forget": outbox.forget,
            "identity.forget": identity.forget,
            "experts.expire": experts.expire,
            "projects.check_funds": projects.check_funds,
            "projects.deadlines": projects.end_overdue,
            "applications.lapse": applications.lapse_offers,
            "applications.tell_guideline": applications.tell_guideline,
        },
        remote={
            "identity.confirm": letters.confirm,
            "identity.reset": letters.reset,
            "identity.tried": letters.tried,
            "experts.forget_evidence": partial(experts.forget_evidence, storage=gateways.storage),
            "notifications.email": partial(notifications.email_notice, mailer=gateways.mail, site=site),
        },
    )
