"""What the doors of people share: their blueprint, the sign-in cookie, where to go next."""

from typing import cast

from flask import Blueprint, Response, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from config.policy import PEOPLE
from config.settings import Settings
from marketplace.identity import policy, queries, service
from marketplace.identity.models import User
from marketplace.identity.service import SignedIn
from marketplace.kit.application import Application
from marketplace.kit.web import db, local_path, wired

bp = Blueprint("identity", __name__)
HOMES = {
    "expert": "home.show",
    "reviewer": "reviews.queue",
    "member": "projects.index",
    "ops": "credential_checks.index",
    "finance": "payout_runs.index",
    "admin": "people.index",
}


def home(acting: str | None) -> str:
    """The first page of somebody who acts as this."""
    endpoint = HOMES.get(acting or "", "")
    if endpoint in current_app.view_functions:
        return url_for(endpoint)
    return url_for("notifications.inbox") if acting else "/"


def onward(target: str | None, acting: str | None) -> ResponseReturnValue:
    """Redirect to the local path a person came for, or to their first page."""
    return redirect(local_path(target, home(acting)), 303)


def admitted(answer: ResponseReturnValue, signed: SignedIn) -> ResponseReturnValue:
    """The answer with the sign-in cookie; the browser's old tokens against forgery are worthless from now."""
    session.clear()
    response = cast("Response", answer)
    response.set_cookie(
        _app().cookie,
        signed.token,
        max_age=PEOPLE.sign_in_total_hours * 3600,
        path="/",
        secure=wired(Settings).secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def dismissed(answer: ResponseReturnValue) -> ResponseReturnValue:
    """The answer that makes the browser forget: the cookie, and what pages have kept on the device."""
    session.clear()
    response = cast("Response", answer)
    response.delete_cookie(
        _app().cookie, path="/", secure=wired(Settings).secure, httponly=True, samesite="Lax"
    )
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


def device() -> str:
    """What the person will recognise this browser by."""
    return policy.device(request.headers.get("User-Agent", ""))


def address() -> str:
    """The network address of the request; behind proxies as far as settings trust them."""
    return request.remote_addr or ""


def open_sign_in(user: User) -> SignedIn:
    """Sign a User in on this browser."""
    if g.visitor.sign_in is not None:
        service.end_sign_in(db(), g.visitor.sign_in)
    return service.open_sign_in(db(), user, device=device())


def acting_of(signed: SignedIn) -> str | None:
    """What a browser acts as when nobody has chosen."""
    return policy.acting(queries.roles_of(db(), signed.sign_in.user.id), None)


def _app() -> Application:
    return cast("Application", current_app)
