"""What everybody does: join, confirm the address, log in."""

import uuid

from marketplace.identity import service as identity
from marketplace.identity.models import User
from tests.browser.house import PASSWORD, House
from tests.browser.visitor import Visitor


def join(visitor: Visitor, house: House, *, door: str, name: str, email: str) -> None:
    """From the front page through the join page, then the link in the letter."""
    visitor.go("/")
    visitor.follow(visitor.page.locator(".topbar a[href='/join']"))
    visitor.follow(visitor.page.locator(".doors a", has_text=door))
    visitor.fill(email=email, name=name, password=PASSWORD)
    visitor.press("Join")
    visitor.says("Check your e-mail")
    visitor.go(house.letter(email, "/confirm/"))
    visitor.press("Confirm")


def log_in(visitor: Visitor, email: str) -> None:
    """By the form."""
    visitor.go("/login")
    visitor.fill(email=email, password=PASSWORD)
    visitor.press("Log in")


def enter_as(visitor: Visitor, house: House, user_id: uuid.UUID) -> None:
    """Sign this visitor in as somebody who exists, without the form."""
    with house.writing() as session:
        user = session.get_one(User, user_id)
        token = identity.open_sign_in(session, user, device="browser test").token
    cookie = {"name": house.app.cookie, "value": token, "url": house.address, "httpOnly": True}
    visitor.context.add_cookies([cookie])
