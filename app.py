"""The composition root: settings, sessions, wiring, doors.  The only file that knows every room."""

from functools import partial

from flask import g
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

import commands
import marketplace.blueprints
import marketplace.chrome
import marketplace.handlers.books
import marketplace.listeners
import marketplace.schedule
import marketplace.tracing
import workspace.blueprints
import workspace.chrome
import workspace.handlers
import workspace.listeners
import workspace.schedule
import workspace.tracing
from config import logging, policy
from config.settings import Settings, from_environment
from marketplace.billing.policy import PaidAccounts
from marketplace.companies import queries as companies
from marketplace.experts.policy import Around
from marketplace.gateways import Gateways, wiring
from marketplace.identity import service as identity
from marketplace.kit import access, answers, filters, health, limits, static, web
from marketplace.kit.application import Application
from marketplace.kit.database import Sessions, make_sessions
from marketplace.kit.events import Bus
from marketplace.kit.sealing import Sealer
from marketplace.kit.signing import Signer
from marketplace.ledger import service as ledger
from marketplace.ledger.policy import Tracing
from marketplace.matching import service as matching
from marketplace.outbox.service import Handlers, Payload
from marketplace.outbox.worker import Entry
from marketplace.payouts import queries as payouts
from marketplace.projects import queries as projects
from marketplace.projects.policy import CrowdFacts, WorkFacts
from workspace.queue import queries as queue

BODY_BYTES = 2**20


def create_app(settings: Settings | None = None, *, statement_seconds: int = 5) -> Application:
    """The whole product on these settings, or on the environment's; a view without a rule stops it here."""
    settings = settings or from_environment()
    logging.configure(settings.log_level)
    app = Application(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SECRET_KEY_FALLBACKS=[key for key in [settings.secret_key_fallback.get_secret_value()] if key],
        TESTING=settings.testing,
        MAX_CONTENT_LENGTH=BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=BODY_BYTES,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        WTF_CSRF_TIME_LIMIT=None,  # an expert may work on one page for hours
        SESSION_COOKIE_NAME="__Host-browser" if settings.secure else "browser",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.json = web.BoundedJSON(app)
    app.url_map.converters["int"] = web.BoundedInteger
    app.cookie = "__Host-signin" if settings.secure else "signin"
    app.who, app.touch = identity.visitor, identity.touch
    app.sessions = make_sessions(
        settings.database_url,
        statement_seconds=statement_seconds,
        bus=Bus([marketplace.listeners.LISTENERS, workspace.listeners.LISTENERS]),
    )
    _wire(app, settings)
    _guard(app, settings)
    _open_doors(app, settings)
    commands.register(app)
    return app


def _wire(app: Application, settings: Settings) -> None:
    keys = settings.secret_key_fallback.get_secret_value(), settings.secret_key.get_secret_value()
    signer = Signer(*keys)
    gateways = wiring.make(settings)
    sentences = matching.SentenceModel(settings.sentence_model)
    handlers = marketplace.handlers.make(settings, gateways, signer, sentences)
    handlers += workspace.handlers.make(settings, gateways, signer)
    checks = ledger.Checks({**marketplace.handlers.books.CHECKS, **workspace.handlers.CHECKS})
    handlers += Handlers(remote={"ledger.verify": partial(_verify, checks)})
    schedule: list[Entry] = [*marketplace.schedule.ENTRIES, *workspace.schedule.ENTRIES]
    app.extensions["assay"] = {
        Settings: settings,
        Signer: signer,
        Sealer: Sealer(*keys),
        Gateways: gateways,
        Handlers: handlers,
        ledger.Checks: checks,
        matching.SentenceModel: sentences,
        list[Entry]: schedule,
        WorkFacts: WorkFacts(has_tasks=queue.has_tasks),
        CrowdFacts: CrowdFacts(sentence=matching.fit_sentence),
        PaidAccounts: PaidAccounts(known=payouts.is_ours),
        Tracing: _tracing(),
        Around: Around(connected=companies.connected, open_jobs=projects.open_jobs),
    }


def _tracing() -> Tracing:
    """What each letter of a code may name, from both roofs."""
    below, above = marketplace.tracing.FINDERS, workspace.tracing.FINDERS
    return Tracing({letter: [*below.get(letter, ()), *above.get(letter, ())] for letter in {*below, *above}})


def _verify(checks: ledger.Checks, sessions: Sessions, payload: Payload) -> None:
    ledger.verify(sessions, checks)


def _guard(app: Application, settings: Settings) -> None:
    """Everything that stands in front of a view, and the headers behind it.

    Answers come first: what the guards after them refuse has its own nonce and request id too.
    """
    answers.install(app, secure=settings.secure)
    csrf = CSRFProtect(app)
    csrf.exempt("marketplace.billing.api.webhook")  # signed by the provider instead
    csrf.exempt("marketplace.applications.views.saved.stop")  # signed by us: mail programs post it
    LoginManager(app).request_loader(lambda _: g.get("visitor"))  # current_user; its own cookies stay unused
    app.before_request(web.clean_request)
    limits.install(
        app,
        store=settings.rate_limit_store,
        rules=policy.PEOPLE,
        on=settings.rate_limits and not settings.testing,
    )
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies
        )


def _open_doors(app: Application, settings: Settings) -> None:
    filters.install(app)
    static.install(app)
    health.install(app)
    for blueprint in [*marketplace.blueprints.ALL, *workspace.blueprints.ALL]:
        app.register_blueprint(blueprint)
    if wiring.emulated(settings):
        for blueprint in wiring.emulator_doors():
            app.register_blueprint(blueprint)
    marketplace.chrome.install(
        app,
        test_money=settings.test_money,
        played=wiring.emulated(settings),
        site=settings.public_url.rstrip("/"),
        waiting=workspace.chrome.WAITING,
    )
    workspace.chrome.install(app)
    marketplace.tracing.install(app)
    access.check_locks(app.view_functions, access.read_policy(policy.ACCESS))
