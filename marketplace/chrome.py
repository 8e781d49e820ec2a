"""The frame around every page: navigation, bell, balance, theme."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Flask, g, request, url_for

from marketplace.applications import queries as applications
from marketplace.applications import service as applying
from marketplace.applications.models import Certificate
from marketplace.applications.policy import Chooser
from marketplace.experts import queries as experts
from marketplace.experts.models import Credential
from marketplace.kit import clock
from marketplace.kit.money import shown
from marketplace.kit.web import db
from marketplace.ledger import queries as ledger
from marketplace.ledger import service as books
from marketplace.ledger.models import Kind
from marketplace.notifications import queries as notifications
from marketplace.payouts import queries as payouts
from marketplace.projects.models import Project

Counts = Mapping[str, Callable[[uuid.UUID], int]]
STAFF = {"support", "ops", "finance", "admin"}
# label, endpoint, icon, roles that see it while they act as one of them
NAVIGATION: dict[str, list[tuple[str, str, str]]] = {
    "visitor": [
        ("Jobs", "jobs.board", "search"),
        ("For companies", "jobs.for_companies", "building-2"),
        ("How pay works", "jobs.how_pay_works", "wallet"),
        ("Guides", "learn.guides", "book-open"),
        ("Glossary", "learn.glossary", "book-a"),
    ],
    "expert": [
        ("Jobs", "jobs.board", "search"),
        ("My work", "submissions.mine", "square-pen"),
        ("Profile", "experts.profile", "badge-check"),
        ("Earnings", "payouts.earnings", "wallet"),
        ("Learn", "learn.guides", "graduation-cap"),
    ],
    "reviewer": [
        ("Review", "reviews.queue", "list-checks"),
        ("Earnings", "payouts.earnings", "wallet"),
    ],
    "member": [
        ("Projects", "projects.index", "folder"),
        ("Billing", "billing.index", "wallet"),
        ("Team", "companies.team", "users"),
    ],
    "ops": [
        ("Credentials", "credential_checks.index", "badge-check"),
        ("Projects", "project_checks.index", "folder"),
        ("Screenings", "screening_staff.index", "list-checks"),
        ("Stuck", "messages.index", "triangle-alert"),
        ("Appeals", "appeal_desk.index", "scale"),
        ("Rejections", "overturns.index", "undo-2"),
    ],
    "finance": [
        ("Payouts", "payout_runs.index", "wallet"),
        ("Deposits", "recorded_deposits.index", "building-2"),
        ("Refunds", "refunds.index", "undo-2"),
        ("Disputes", "disputes.index", "shield-alert"),
        ("Corrections", "corrections.index", "pencil"),
        ("Ledger", "ledger.index", "scale"),
        ("Reconciliation", "reconciliation.index", "git-compare"),
        ("Stuck", "messages.index", "triangle-alert"),
        ("Tax", "tax_totals.index", "file-text"),
    ],
    "admin": [
        ("People", "people.index", "users"),
        ("Credentials", "credential_checks.index", "badge-check"),
        ("Projects", "project_checks.index", "folder"),
        ("Appeals", "appeal_desk.index", "scale"),
        ("Rejections", "overturns.index", "undo-2"),
        ("Payouts", "payout_runs.index", "wallet"),
        ("Deposits", "recorded_deposits.index", "building-2"),
        ("Refunds", "refunds.index", "undo-2"),
        ("Disputes", "disputes.index", "shield-alert"),
        ("Corrections", "corrections.index", "pencil"),
        ("Ledger", "ledger.index", "scale"),
        ("Reconciliation", "reconciliation.index", "git-compare"),
        ("Stuck", "messages.index", "triangle-alert"),
        ("Tax", "tax_totals.index", "file-text"),
    ],
    "support": [],
}
CAUSES = {  # of an entry -> where finance looks at it, and the word of the address that names it
    "dispute": ("disputes.show", "dispute_id"),
    "proposal": ("corrections.show", "proposal_id"),
    "bonus_rule": ("bonus_books.index", "only"),
    "given_bonus": ("bonus_books.given", "only"),
    "refund": ("refunds.index", "only"),
}


def install(app: Flask, *, test_money: bool, played: bool, site: str, waiting: Counts | None = None) -> None:
    """Give every template the frame's values; error pages get the visitor's.

    `site`: our address outside.  `played`: the emulator is the payment provider and has pages.
    `waiting`: endpoint -> how many things wait there for a person, one statement each.
    """
    app.jinja_env.globals.update(
        certificates_of=certificates_of,
        credentials_of=credentials_of,
        applicants_waiting=applicants_waiting,
        who_chooses=who_chooses,
        cause_page=cause_page,
    )

    @app.context_processor
    def _frame() -> dict[str, Any]:
        visitor = g.get("visitor") if "session" in g else None
        signed_in = visitor is not None and visitor.user is not None
        acting = (visitor.acting if signed_in and visitor is not None else None) or "visitor"
        return {
            "visitor": visitor if signed_in else None,
            "acting": acting,
            "is_staff": acting in STAFF,
            "nav": _links(app, acting, waiting or {}),
            "unread": notifications.unread_count(db(), visitor.user.id) if signed_in and visitor else 0,
            "balance_text": _balance(visitor.user.id)
            if acting in {"expert", "reviewer"} and visitor
            else None,
            "theme": _theme(visitor),
            "payout_stop": books.stop(db()) if acting in {"finance", "admin"} else None,
            "compared_last": books.old_since(db()) if acting in {"finance", "admin"} else None,
            "test_money": test_money,
            "played": played,
            "site": site,
            "csp_nonce": g.get("csp_nonce", ""),
        }


def certificates_of(user_id: uuid.UUID) -> Sequence[Certificate]:
    """What this person lets their profile show of what they passed."""
    return applications.certificates_shown(db(), user_id, clock.database_now(db()))


def credentials_of(user_id: uuid.UUID) -> Sequence[Credential]:
    """What this person has sent, for the page admins see of them."""
    return experts.of_user(db(), user_id)


def applicants_waiting(project_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    """Project -> how many wait for the company's answer; those nobody waits for are left out."""
    return applications.waiting_counts(db(), project_ids, clock.database_now(db()))


def cause_page(ref_type: str | None, ref_id: uuid.UUID | None) -> str | None:
    """Where finance looks at what caused an entry; None for what has no page of theirs."""
    if ref_id is None:
        return None
    if ref_type == "payout":
        run_id = payouts.run_of(db(), ref_id)
        return url_for("payout_runs.payout", run_id=run_id, payout_id=ref_id) if run_id else None
    if ref_type in CAUSES:
        endpoint, word = CAUSES[ref_type]
        place: dict[str, Any] = {word: ref_id}
        return url_for(endpoint, **place)
    return None


def who_chooses(project: Project) -> Chooser:
    """What gives somebody who meets every rule of the project its offer."""
    return applying.chooser_of(db(), project)


def _links(app: Flask, acting: str, waiting: Counts) -> list[dict[str, Any]]:
    shown = NAVIGATION.get(acting, NAVIGATION["visitor"])
    hrefs = {endpoint: url_for(endpoint) for _, endpoint, _ in shown if endpoint in app.view_functions}
    here = _here(hrefs)
    return [
        {
            "label": label,
            "href": hrefs[endpoint],
            "icon": icon,
            "current": endpoint == here,
            "count": waiting[endpoint](g.visitor.user.id) if endpoint in waiting else None,
        }
        for label, endpoint, icon in shown
        if endpoint in hrefs
    ]


def _here(hrefs: dict[str, str]) -> str | None:
    """The link to the page itself, else the deepest one above its address, else the first into its room."""
    endpoint, path = request.endpoint or "", request.path
    if endpoint in hrefs:
        return endpoint
    above = [link for link, href in hrefs.items() if path.startswith(href.rstrip("/") + "/")]
    if above:
        return max(above, key=lambda link: len(hrefs[link]))
    room = [link for link in hrefs if link.partition(".")[0] == endpoint.partition(".")[0]]
    return next((link for link in room if not hrefs[link].startswith(path.rstrip("/") + "/")), None)


def _balance(user_id: Any) -> str:
    return shown(ledger.balance(db(), Kind.EXPERT_AVAILABLE, user_id))


def _theme(visitor: Any) -> str:
    chosen = visitor.user.theme if visitor is not None and visitor.user is not None else None
    chosen = chosen or request.cookies.get("theme", "system")
    return chosen if chosen in {"light", "dark"} else "system"
