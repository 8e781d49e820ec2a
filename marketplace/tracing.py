"""What the codes name that pages of the marketplace print, for finance's search; from an entry to them."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from flask import Flask, url_for
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from marketplace.billing.models import Deposit, Dispute, Refund
from marketplace.bonuses.models import BonusRule, GivenBonus
from marketplace.companies.models import Company
from marketplace.experts.models import Credential, Expert
from marketplace.identity.models import User
from marketplace.kit import ids
from marketplace.kit.codes import called
from marketplace.kit.database import Record
from marketplace.kit.money import shown
from marketplace.kit.pages import Page
from marketplace.kit.web import db
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import LedgerTransaction
from marketplace.ledger.policy import Finder, Named
from marketplace.payouts import queries as payouts
from marketplace.payouts.models import Earning, Payout, PayoutRun
from marketplace.projects.models import Project

T = TypeVar("T", bound=Record)
LETTERS = {  # of the thing that caused an entry, as its own page prints it
    "assignment": "C",
    "bonus_rule": "B",
    "deposit": "D",
    "dispute": "X",
    "given_bonus": "B",
    "payout": "O",
    "refund": "R",
}


def install(app: Flask) -> None:
    """Let the page of an entry name the codes that lead to it, and what it moved."""
    app.jinja_env.globals.update(codes_of_entry=codes_of_entry, earnings_matured_by=earnings_matured_by)


def earnings_matured_by(
    entry: LedgerTransaction, mark: str | None
) -> tuple[Page[Earning], Mapping[str, LedgerTransaction]] | None:
    """The earnings whose hold this entry ended, and the entries that paid them; None for other kinds."""
    if entry.kind != "mature" or entry.ref_id is None:
        return None
    page = payouts.matured_by(db(), entry.ref_id, entry.idempotency_key, mark)
    return page, ledger.with_keys(db(), [earning.ledger_key for earning in page.rows])


def codes_of_entry(entry: LedgerTransaction) -> list[tuple[str, str]]:
    """(what, code) of what caused an entry and of the earning beside it."""
    found = []
    if entry.ref_type in LETTERS and entry.ref_id is not None:
        found.append((entry.ref_type.replace("_", " "), ids.code(LETTERS[entry.ref_type], entry.ref_id)))
    earned = payouts.earning_by_key(db(), entry.idempotency_key)
    return [*found, ("earning", ids.code("E", earned.id))] if earned is not None else found


def _user(user: User) -> Named:
    return Named(what="Person", about=user.name, owner_id=user.id)


def _company(company: Company) -> Named:
    return Named(what="Company", about=company.name, owner_id=company.id)


def _project(project: Project) -> Named:
    return Named(what="Project", about=project.title, owner_id=project.id)


def _expert(expert: Expert) -> Named:
    return Named(what="Expert", about=expert.user.name, owner_id=expert.user_id)


def _credential(credential: Credential) -> Named:
    return Named(what="Credential", about=f"{credential.title}, of {credential.expert.user.name}")


def _deposit(deposit: Deposit) -> Named:
    about = f"{shown(deposit.amount_minor, deposit.currency)}, {deposit.company.name}"
    return Named(what="Deposit", about=about, causes=_caused("deposit", deposit.id))


def _refund(refund: Refund) -> Named:
    return Named(
        what="Refund",
        about=f"{shown(refund.amount_minor, refund.currency)}, {refund.company.name}",
        links=(("Its row", url_for("refunds.index", only=refund.id)),),
        causes=_caused("refund", refund.id),
    )


def _dispute(dispute: Dispute) -> Named:
    return Named(
        what="Dispute",
        about=f"{shown(dispute.amount_minor, dispute.currency)}, {dispute.company.name}",
        links=(("Its page", url_for("disputes.show", dispute_id=dispute.id)),),
        causes=_caused("dispute", dispute.id),
    )


def _rule(rule: BonusRule) -> Named:
    each = shown(rule.amount_minor, rule.currency)
    return Named(
        what="Promised bonus",
        about=f"{each} to each of {rule.places}, {rule.project.title}",
        links=(("Its row", url_for("bonus_books.index", only=rule.id)),),
        causes=_caused("bonus_rule", rule.id),
    )


def _given(given: GivenBonus) -> Named:
    return Named(
        what="Given bonus",
        about=f"{shown(given.amount_minor, given.currency)}, {given.project.title}",
        links=(("Its row", url_for("bonus_books.given", only=given.id)),),
        causes=_caused("given_bonus", given.id),
    )


def _earning(earning: Earning) -> Named:
    return Named(
        what="Earning",
        about=f"{earning.kind.title}, {shown(earning.amount_minor, earning.currency)}, {earning.user.name}",
        links=_page_of(earning.payout) if earning.payout is not None else (),
        keys=(earning.ledger_key, *([earning.matured_key] if earning.matured_key else [])),
    )


def _payout(payout: Payout) -> Named:
    return Named(
        what="Payout",
        about=f"{shown(payout.amount_minor, payout.currency)}, {payout.user.name}",
        links=_page_of(payout),
        causes=_caused("payout", payout.id),
    )


def _run(run: PayoutRun) -> Named:
    where = url_for("payout_runs.show", run_id=run.id)
    return Named(what="Payout run", about="Its payouts have the entries", links=(("Its page", where),))


def _page_of(payout: Payout) -> tuple[tuple[str, str], ...]:
    if payout.run_id is None:
        return ()
    where = url_for("payout_runs.payout", run_id=payout.run_id, payout_id=payout.id)
    return ((f"Payout {ids.code('O', payout.id)}", where),)


def _caused(ref_type: str, ref_id: uuid.UUID) -> tuple[tuple[str, uuid.UUID], ...]:
    return ((ref_type, ref_id),)


def _finder(kind: type[T], say: Callable[[T], Named], *options: ORMOption) -> Finder:
    return partial(_found, kind, say, options)


def _found(
    kind: type[T], say: Callable[[T], Named], options: Sequence[ORMOption], session: Session, code: str
) -> list[Named]:
    return [say(row) for row in called(session, kind, code, *options)]


_PAYOUT = _finder(Payout, _payout, joinedload(Payout.user))
_PERSON, _COMPANY = _finder(User, _user), _finder(Company, _company)
FINDERS: Mapping[str, Sequence[Finder]] = {
    "B": (
        _finder(GivenBonus, _given, joinedload(GivenBonus.project)),
        _finder(BonusRule, _rule, joinedload(BonusRule.project)),
    ),
    "C": (
        _COMPANY,
        _finder(Credential, _credential, joinedload(Credential.expert).joinedload(Expert.user)),
    ),
    "D": (_finder(Deposit, _deposit, joinedload(Deposit.company)),),
    "E": (
        _finder(Earning, _earning, joinedload(Earning.user), joinedload(Earning.payout)),
        _finder(Expert, _expert, joinedload(Expert.user)),
    ),
    "N": (_finder(PayoutRun, _run),),
    "O": (_PAYOUT,),
    "P": (_finder(Project, _project),),
    "R": (_finder(Refund, _refund, joinedload(Refund.company)),),
    "S": (_PAYOUT, _PERSON, _COMPANY),  # statements are numbered by what they are about
    "U": (_PERSON,),
    "X": (_finder(Dispute, _dispute, joinedload(Dispute.company)),),
}
