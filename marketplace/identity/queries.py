"""Every SELECT on Users, roles, SignIns and failed tries."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session, contains_eager

from marketplace.identity.models import (
    FailedSignIn,
    Role,
    SignIn,
    User,
    UserRole,
    UserState,
    folded,
    mailbox,
)
from marketplace.kit import pages
from marketplace.kit.pages import Page


def user(session: Session, user_id: uuid.UUID) -> User | None:
    """One User."""
    return session.get(User, user_id)


def by_email(session: Session, email: str) -> User | None:
    """The User with this address, however it is spelled."""
    return session.scalar(select(User).where(User.email == folded(email)))


def lock_by_email(session: Session, email: str) -> User | None:
    """The same, held until the end of the transaction: tries for one User queue, so that each is counted."""
    return session.scalar(
        select(User)
        .where(User.email == folded(email))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def lock_user(session: Session, user_id: uuid.UUID) -> User | None:
    """One User, held until the end of the transaction: a link that changes the password works once."""
    return session.scalar(
        select(User)
        .where(User.id == user_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def one_person(
    session: Session, pairs: Iterable[tuple[str, uuid.UUID, uuid.UUID]]
) -> list[tuple[str, uuid.UUID, uuid.UUID]]:
    """Those of these pairs of Users (named by what they stood behind) whose letters reach one mailbox."""
    known = list(pairs)
    everybody = {user_id for _, first, second in known for user_id in (first, second)}
    addresses = {
        user_id: mailbox(email)
        for user_id, email in session.execute(select(User.id, User.email).where(User.id.in_(everybody)))
    }
    return [
        pair
        for pair in known
        if pair[1] == pair[2] or (pair[1] in addresses and addresses[pair[1]] == addresses.get(pair[2]))
    ]


def is_one_of(session: Session, user_id: uuid.UUID, others: Iterable[uuid.UUID]) -> bool:
    """Whether this person is one of these Users, under this User or another whose letters reach them."""
    return bool(one_person(session, [("", other, user_id) for other in others]))


def users_with_role(session: Session, role: Role) -> Sequence[User]:
    """Everybody who may act as `role` and has not closed their User."""
    return session.scalars(
        select(User)
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role == role, User.state != UserState.CLOSED)
        .order_by(User.id)
    ).all()


def roles_of(session: Session, user_id: uuid.UUID) -> frozenset[str]:
    """The roles a User holds, by their short names."""
    roles = session.scalars(select(UserRole.role).where(UserRole.user_id == user_id))
    return frozenset(role.value for role in roles)


def roles_of_many(session: Session, user_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """The roles of several Users, in one statement."""
    rows = session.execute(
        select(UserRole.user_id, UserRole.role).where(UserRole.user_id.in_(user_ids)).order_by(UserRole.role)
    )
    found: dict[uuid.UUID, list[str]] = {user_id: [] for user_id in user_ids}
    for user_id, role in rows:
        found[user_id].append(role.value)
    return found


def people(session: Session, wanted: str, mark: str | None) -> Page[User]:
    """Users whose e-mail or name contains `wanted` (everybody when it is empty), the newest first."""
    statement = select(User)
    if wanted:
        text = wanted.lower()
        statement = statement.where(
            or_(
                User.email.contains(text, autoescape=True),
                func.lower(User.name).contains(text, autoescape=True),
            )
        )
    return pages.page(session, statement, [User.id], mark=mark, key_of=lambda user: [user.id])


def delete_role(session: Session, user_id: uuid.UUID, role: Role) -> bool:
    """Take the role away.  True: it was there."""
    gone = session.execute(
        delete(UserRole).where(UserRole.user_id == user_id, UserRole.role == role).returning(UserRole.id)
    )
    return gone.first() is not None


def live_sign_in(
    session: Session, token_hash: str, *, at: datetime, idle: timedelta
) -> tuple[SignIn, frozenset[str]] | None:
    """The SignIn of a cookie while it lasts, its User loaded, and the User's roles; one statement."""
    rows = session.execute(
        select(SignIn, UserRole.role)
        .join(SignIn.user)
        .outerjoin(UserRole, UserRole.user_id == User.id)
        .where(
            SignIn.token_hash == token_hash,
            SignIn.ended_at.is_(None),
            SignIn.ends_at > at,
            SignIn.seen_at > at - idle,
            User.state != UserState.CLOSED,
        )
        .options(contains_eager(SignIn.user))
    ).all()
    if not rows:
        return None
    return rows[0][0], frozenset(role.value for _, role in rows if role is not None)


def touch(session: Session, sign_in_id: uuid.UUID, at: datetime) -> None:
    """Note when a SignIn was last used; one that has ended stays as it was."""
    session.execute(
        update(SignIn).where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None)).values(seen_at=at)
    )


def live_sign_ins(session: Session, user_id: uuid.UUID, *, at: datetime, idle: timedelta) -> Sequence[SignIn]:
    """The browsers a User is signed in with now, the last used first."""
    return session.scalars(
        select(SignIn)
        .join(SignIn.user)
        .where(
            SignIn.user_id == user_id,
            SignIn.ended_at.is_(None),
            SignIn.ends_at > at,
            SignIn.seen_at > at - idle,
        )
        .options(contains_eager(SignIn.user))
        .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
        .limit(50)
    ).all()


def sign_in_of(session: Session, user_id: uuid.UUID, sign_in_id: uuid.UUID) -> SignIn | None:
    """One of a User's own SignIns."""
    return session.scalar(
        select(SignIn)
        .join(SignIn.user)
        .where(SignIn.id == sign_in_id, SignIn.user_id == user_id)
        .options(contains_eager(SignIn.user))
    )


def end_sign_ins(session: Session, user_id: uuid.UUID, *, at: datetime, but: uuid.UUID | None = None) -> None:
    """End a User's SignIns, `but` one."""
    session.execute(
        update(SignIn)
        .where(SignIn.user_id == user_id, SignIn.ended_at.is_(None), SignIn.id != (but or uuid.UUID(int=0)))
        .values(ended_at=at)
    )


def last_sign_in_at(session: Session, user_id: uuid.UUID) -> datetime | None:
    """When the User last signed in."""
    return session.scalar(
        select(SignIn.created_at).where(SignIn.user_id == user_id).order_by(SignIn.created_at.desc()).limit(1)
    )


def failure_at(session: Session, counter: str, *, since: datetime, number: int) -> datetime | None:
    """When the `number`-th newest failed try of this counter since then was; None: there are fewer."""
    return session.scalar(
        select(FailedSignIn.at)
        .where(FailedSignIn.counter == counter, FailedSignIn.at > since)
        .order_by(FailedSignIn.at.desc())
        .offset(number - 1)
        .limit(1)
    )


def forget_failures(session: Session, counter: str) -> None:
    """Delete the failed tries of this counter."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.counter == counter))


def forget_before(session: Session, before: datetime) -> None:
    """Delete failed tries and SignIns that ended before this moment."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.at < before))
    session.execute(delete(SignIn).where(or_(SignIn.ended_at < before, SignIn.ends_at < before)))
