"""Jobs and searches people keep, and what saved searches tell in the morning."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.applications import policy, queries
from marketplace.applications.errors import TooManySearches
from marketplace.applications.models import Rhythm, SavedJob, SavedSearch
from marketplace.applications.service.looking import looking
from marketplace.experts import queries as experts
from marketplace.gateways.mail.protocol import Mailer
from marketplace.identity import queries as identity
from marketplace.identity.models import User, UserState
from marketplace.identity.service import mailing
from marketplace.kit import clock, letters
from marketplace.kit.database import Sessions, insert_once, transaction
from marketplace.kit.signing import Signer
from marketplace.notifications import service as notifications
from marketplace.notifications.policy import Quiet
from marketplace.outbox import service as outbox
from marketplace.outbox.service import Payload
from marketplace.projects import queries as projects
from marketplace.projects.models import Project
from marketplace.projects.queries import Filters

STOP_DIGEST = "applications.stop_digest"
DAY_SECONDS = 86_400
AT_ONCE = 200  # jobs a search takes in on one morning; the rest waits for the next


def keep_job(session: Session, user: User, project: Project, *, kept: bool) -> None:
    """Put the job on the person's list, or take it off; safe to repeat."""
    if kept:
        insert_once(session, SavedJob, user_id=user.id, project_id=project.id)
    elif mark := queries.saved_job(session, user.id, project.id):
        session.delete(mark)


def save_search(session: Session, user: User, *, name: str, filters: Filters, rhythm: Rhythm) -> SavedSearch:
    """Keep the filters under a name; what is open already is not told.  TooManySearches (409)."""
    identity.lock_user(session, user.id)  # two windows must not both find the last place free
    kept, now = queries.saved_searches(session, user.id), clock.database_now(session)
    if len(kept) >= WORK.saved_searches_maximum:
        raise TooManySearches(
            f"You have {len(kept)} saved searches, and that is the limit. Remove one first."
        )
    search = SavedSearch(
        user=user,
        name=name,
        filters=policy.filters_json(filters),
        rhythm=rhythm,
        told_until=_window(now),
        next_at=_next(now, user, rhythm),
    )
    session.add(search)
    _tell_nothing_of_today(session, search, now)
    return search


def set_rhythm(session: Session, search: SavedSearch, rhythm: Rhythm) -> None:
    """Tell of new jobs this often from now on; after a pause, what opened meanwhile is not told."""
    now = clock.database_now(session)
    if search.rhythm is Rhythm.NEVER:
        _tell_nothing_of_today(session, search, now)
    search.rhythm, search.next_at = rhythm, _next(now, search.user, rhythm)


def remove_search(session: Session, search: SavedSearch) -> None:
    """Forget a saved search and what it told."""
    queries.forget_told(session, search.id)
    session.delete(search)


def search_to_stop(
    session: Session, signer: Signer, token: str, *, locked: bool = False
) -> SavedSearch | None:
    """The saved search a link in a letter belongs to; Gone (410) when the link is not ours or too old."""
    search_id = signer.read(STOP_DIGEST, token, seconds=WORK.digest_link_days * DAY_SECONDS)
    return queries.saved_search(session, uuid.UUID(search_id), locked=locked)


def promise_digests(session: Session, payload: Mapping[str, Any]) -> None:
    """Promise a look at every saved search whose morning has come, once for each morning."""
    now = clock.database_now(session)
    for search in queries.searches_due(session, now):
        morning = str(search.next_at)
        outbox.send(
            session,
            "applications.digest",
            key=f"digest:{search.id}:{morning}",
            search_id=str(search.id),
            morning=morning,
        )
        search.next_at = _next(now, search.user, search.rhythm)


def digest(session: Session, payload: Mapping[str, Any]) -> None:
    """Tell of the jobs that came onto the board since the last time; nothing new, nothing said.

    It looks back further than the last time, and leaves out what it told: a job may have opened while the
    last one looked, or been paid for only later.
    """
    search = queries.saved_search(session, uuid.UUID(payload["search_id"]), locked=True)
    if search is None or search.rhythm is Rhythm.NEVER:
        return
    now = clock.database_now(session)
    search.told_until = max(search.told_until, _window(now))
    queries.forget_told(session, search.id, search.told_until - timedelta(days=1))  # they opened before, too
    filters = policy.kept_filters(search.filters)
    found = projects.newest(
        session,
        now,
        at_most=AT_ONCE,
        filters=filters,
        looking=looking(session, filters, experts.for_user(session, search.user_id)),
        since=search.told_until,
        told=queries.told_of(search.id),
    )
    queries.note_told(session, search.id, [project.id for project, _ in found])
    if found and search.user.state is UserState.ACTIVE:
        opened = [str(project.id) for project, _ in found][: WORK.digest_jobs + 1]
        _announce(session, search, opened, path=_board(filters), morning=payload["morning"])


def _announce(session: Session, search: SavedSearch, opened: list[str], *, path: str, morning: str) -> None:
    notifications.tell(
        session,
        search.user_id,
        kind="new_jobs",
        title=f"{_counted(len(opened))} for “{search.name}”",
        body="They opened since you were last told.",
        path=path,
        email=False,  # a letter of its own says which, and how to stop
    )
    outbox.send(
        session,
        "applications.mail_digest",
        key=f"digest-mail:{search.id}:{morning}",
        search_id=str(search.id),
        project_ids=opened,
        morning=morning,
    )


@dataclass(frozen=True, slots=True)
class DigestPost:
    """The letter about new jobs; `site` is the absolute address of the product, without a slash.

    In quiet hours, which `quiet` knows, it waits for their end.
    """

    mailer: Mailer
    signer: Signer
    site: str
    quiet: Quiet

    def send(self, sessions: Sessions, payload: Payload) -> None:
        """Send one letter; nobody is written to who stopped it meanwhile or has no confirmed address."""
        ids = [uuid.UUID(one) for one in payload["project_ids"]]
        with transaction(sessions, write=False) as session:
            search = queries.saved_search(session, uuid.UUID(payload["search_id"]))
            now = clock.database_now(session)
            listed = projects.listed(session, ids, now)
            until = self.quiet(session, search.user_id, now) if search else None
        found = [project for project, _ in listed]
        if search is None or search.rhythm is Rhythm.NEVER or not found or not _reachable(search.user):
            return
        if until is not None:
            self._wait(sessions, payload, until)
            return
        stop = f"{self.site}/jobs/searches/stop/{self.signer.sign(STOP_DIGEST, str(search.id))}"
        mailing.deliver(
            self.mailer,
            letters.write("digest", **self._said(search, found, len(ids)), stop=stop),
            to=search.user.email,
            reference=f"digest:{search.id}:{payload['morning']}",
            headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        )

    def _wait(self, sessions: Sessions, payload: Payload, until: datetime) -> None:
        key = f"digest-mail:{payload['search_id']}:{payload['morning']}:{until.isoformat()}"
        with transaction(sessions) as session:
            after = until - clock.database_now(session)
            outbox.send(session, "applications.mail_digest", key=key, after=after, **payload)

    def _said(self, search: SavedSearch, found: Sequence[Project], count: int) -> dict[str, Any]:
        """Jobs with sensitive content are counted and never named: a letter is read over shoulders."""
        named = [project for project in found if not project.classes][: WORK.digest_jobs]
        return {
            "name": search.user.name,
            "site": self.site,
            "search": search.name,
            "counted": _counted(count),
            "more": count > len(named),
            "jobs": [(project, f"{self.site}/jobs/{project.slug}") for project in named],
            "link": self.site + _board(policy.kept_filters(search.filters)),
        }


def _window(now: datetime) -> datetime:
    """How far back a search looks for jobs that came onto the board late."""
    return now - timedelta(days=WORK.digest_days)


def _tell_nothing_of_today(session: Session, search: SavedSearch, now: datetime) -> None:
    """What is on the board at this moment is known to whoever saves the search."""
    filters = policy.kept_filters(search.filters)
    session.flush()
    who = looking(session, filters, experts.for_user(session, search.user_id))
    fitting = projects.fitting(filters, now, who)
    queries.note_told(session, search.id, queries.on_the_board(session, fitting, _window(now)))


def _next(now: datetime, user: User, rhythm: Rhythm) -> datetime | None:
    return policy.next_morning(now, user.time_zone, rhythm, hour=WORK.digest_hour)


def _counted(count: int) -> str:
    if count > WORK.digest_jobs:
        return f"More than {WORK.digest_jobs} new jobs"
    return f"{count} new job{'' if count == 1 else 's'}"


def _board(filters: Filters) -> str:
    pairs = policy.filter_pairs(filters)
    return f"/jobs?{urlencode(pairs)}" if pairs else "/jobs"


def _reachable(user: User) -> bool:
    return user.email_confirmed_at is not None and user.state is UserState.ACTIVE
