"""Who may act as what."""

from sqlalchemy.orm import Session

from marketplace.identity import policy, queries
from marketplace.identity.events import RoleGranted, RoleRevoked
from marketplace.identity.models import Role, User, UserRole
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Conflict
from marketplace.kit.events import publish


def grant(session: Session, user: User, role: Role, *, by: User | None) -> None:
    """Let the User act as `role` from the next request; `by` is None for the command line."""
    session.flush()  # a User made in this transaction must be in the database before a row points at it
    if insert_once(session, UserRole, user_id=user.id, role=role):
        publish(session, RoleGranted(user_id=user.id, role=role.value, by_id=by.id if by else None))


def revoke(session: Session, user: User, role: Role, *, by: User | None) -> None:
    """Take the role away from the next request on; Conflict (409) for an admin's own admin role."""
    if not policy.may_revoke(by, user, role):
        raise Conflict("You cannot take the admin role from yourself. Ask another admin.")
    if queries.delete_role(session, user.id, role):
        publish(session, RoleRevoked(user_id=user.id, role=role.value, by_id=by.id if by else None))
