"""Statements of a company: what came in, what went back, what each project spent, and what is left where."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.companies.models import Company
from marketplace.kit import clock, ids
from marketplace.kit.money import shown
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.ledger.queries import Crossing
from marketplace.statements import queries
from marketplace.statements.errors import DoesNotAddUp
from marketplace.statements.policy import Line, Part, Period, Statement

IN, OUT, BACK, LOST = "Deposits", "Refunds", "Refunds that came back", "Lost in disputes"
PAY, REVIEWS, BONUSES, FEES = "Pay for work", "Reviews", "Bonuses", "Platform fees"
OTHER = "Corrections"
BEFORE, AFTER = "Balance before", "Balance after"
SPENT = (PAY, REVIEWS, BONUSES, FEES)
ORDER = (IN, OUT, BACK, LOST, *SPENT, OTHER)
ALWAYS = {IN, PAY, REVIEWS, FEES}
REVIEW_KINDS = {"review_pay", "screening_grade"}
BANKS = {Kind.STRIPE_BALANCE, Kind.PLATFORM_BANK}
EXPERTS = {Kind.EXPERT_PENDING, Kind.EXPERT_AVAILABLE, Kind.EXPERT_IN_TRANSIT}
OF_COMPANY = (Kind.COMPANY_WALLET, Kind.COMPANY_REFUND_IN_TRANSIT, Kind.COMPANY_DISPUTE_HOLD)
OF_PROJECT = (Kind.PROJECT_BUDGET, Kind.PROJECT_RESERVED)
WHERE = {
    Kind.COMPANY_WALLET: "In the wallet",
    Kind.PROJECT_BUDGET: "In projects, not claimed yet",
    Kind.PROJECT_RESERVED: "Reserved for work under way and as bonuses",
    Kind.COMPANY_REFUND_IN_TRANSIT: "On its way back to you",
    Kind.COMPANY_DISPUTE_HOLD: "Frozen while a dispute is open",
}
LETTERS = {
    "assignment": "C",
    "deposit": "D",
    "refund": "R",
    "dispute": "X",
    "bonus_rule": "B",
    "given_bonus": "B",
}  # the numbers people see elsewhere
WORDS = {
    "deposit_succeeded": "Paid to us",
    "claim_approve": "Approved work",
    "claim_stop": "Stopped half way, paid in part",
    "claim_cancel": "Withdrawn work, paid for the time worked",
    "claim_overturn": "Rejection found wrong, paid after all",
    "review_pay": "A review",
    "screening_pay": "A screening",
    "screening_grade": "A screening was graded",
}  # where the name of the entry is no sentence
PAGES = {
    "deposit": "/company/billing/deposits/{}",
    "refund": "/company/billing/refunds",
    "dispute": "/company/billing/disputes",
}  # where a member looks at what a line is about
SINGLE = "The sums of pay, reviews, bonuses and fees stand here; every single payment of them is in the CSV."
COMING = "A bank debit counts as a deposit when it has arrived."


def company_statement(session: Session, company: Company, period: Period) -> Statement:
    """Everything that crossed the border of a company's money in a month or a year, between two balances.

    DoesNotAddUp (409) when it does not lead from the first balance to the second.
    """
    titles = queries.project_titles(session, company.id)
    places = _places(session, company.id, titles)
    every = [place for some in places.values() for place in some]
    moved = ledger.crossings(session, every, period.start, period.end)
    sums = _sums(moved)
    held = {kind: ledger.held(session, some, period.end) for kind, some in places.items()}
    lines = [(part_of(one), _line(one, titles)) for one in moved]
    statement = Statement(
        number=f"{ids.code('S', company.id)}-{period.slug}",
        title=f"Statement for {period.text}",
        facts=_facts(session, company, period),
        parts=(Part(BEFORE, ledger.held(session, every, period.start)), *_parts(sums)),
        total=Part(AFTER, sum(held.values()), COMING),
        lines=tuple(line for part, line in lines if part not in SPENT),
        details=tuple(line for part, line in lines if part in SPENT),
        tables=(("Spent by project", _by_project(moved, titles)), ("Where the balance is", _where(held))),
        notes=(SINGLE,) if len(lines) > sum(part not in SPENT for part, _ in lines) else (),
    )
    if not statement.adds_up:
        raise DoesNotAddUp(
            statement.number, sum(part.minor for part in statement.parts), statement.total.minor
        )
    return statement


def company_months(
    session: Session, company: Company, year: Period, now: datetime
) -> Sequence[tuple[Period, Mapping[str, int]]]:
    """The months of a year in which money moved, and the running one, newest first: came in, spent."""
    places = _places(session, company.id, queries.project_titles(session, company.id))
    every = [place for some in places.values() for place in some]
    sums: dict[int, Counter[str]] = {}
    for one in ledger.crossings(session, every, year.start, year.end):
        part = part_of(one)
        sums.setdefault(one.at.month, Counter())["Spent" if part in SPENT else part] += one.minor
    return [
        (month, sums.get(month.month, Counter()))
        for month in year.months(now)
        if month.month in sums or not month.is_over(now)
    ]


def part_of(one: Crossing) -> str:
    """Which sum of the statement a movement belongs to; what is unknown here is a correction, never lost."""
    if one.outside in BANKS and one.minor > 0:
        return BACK if one.kind == "refund_returned" else IN
    if one.outside in BANKS:
        return OUT
    if one.outside is Kind.DISPUTES_RECEIVABLE:
        return LOST
    if one.outside in EXPERTS:
        return BONUSES if one.kind == "bonus" else REVIEWS if one.kind in REVIEW_KINDS else PAY
    return FEES if one.outside is Kind.PLATFORM_REVENUE else OTHER


def _places(
    session: Session, company_id: uuid.UUID, titles: Mapping[uuid.UUID, str]
) -> dict[Kind, list[int]]:
    owners = {kind: [company_id] for kind in OF_COMPANY} | {kind: [*titles] for kind in OF_PROJECT}
    return {
        kind: ledger.account_ids(session, [(kind, owner) for owner in mine]) for kind, mine in owners.items()
    }


def _sums(moved: Sequence[Crossing]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for one in moved:
        sums[part_of(one)] += one.minor
    return sums


def _parts(sums: Mapping[str, int]) -> list[Part]:
    return [Part(title, sums[title]) for title in ORDER if sums[title] or title in ALWAYS]


def _line(one: Crossing, titles: Mapping[uuid.UUID, str]) -> Line:
    return Line(
        at=one.at,
        what=part_of(one),
        about=titles.get(one.inside[1], ""),
        why=one.reason or (f"Reference {one.external_id}" if one.external_id else _words(one.kind)),
        code=ids.code(LETTERS[one.ref_type], one.ref_id) if one.ref_type in LETTERS and one.ref_id else "",
        minor=one.minor,
        path=PAGES.get(one.ref_type or "", "").format(one.ref_id),
    )


def _words(kind: str) -> str:
    return WORDS.get(kind) or kind.replace("_", " ").capitalize()


def _by_project(moved: Sequence[Crossing], titles: Mapping[uuid.UUID, str]) -> tuple[Part, ...]:
    sums: dict[uuid.UUID, Counter[str]] = {}
    for one in moved:
        if (part := part_of(one)) in SPENT:
            sums.setdefault(one.inside[1], Counter())[part] += one.minor
    rows = [
        Part(
            titles.get(project_id, "Without a project"),
            -sum(each.values()),
            _spent(each),
            f"/company/projects/{project_id}" if project_id in titles else "",
        )
        for project_id, each in sums.items()
    ]
    return tuple(sorted(rows, key=lambda part: (-part.minor, part.title)))


def _spent(sums: Mapping[str, int]) -> str:
    return ", ".join(
        f"{title.lower()} {shown(-sums[title])}" for title in SPENT if sums[title] or title in ALWAYS
    )


def _where(held: Mapping[Kind, int]) -> tuple[Part, ...]:
    return tuple(Part(title, held[kind]) for kind, title in WHERE.items() if held[kind])


def _facts(session: Session, company: Company, period: Period) -> tuple[tuple[str, str], ...]:
    until = f"{period.end:%Y-%m-%d} 00:00 UTC"
    over = period.is_over(clock.database_now(session))
    return (
        ("For", company.name),
        ("From", f"{period.start:%Y-%m-%d} 00:00 UTC"),
        ("To", f"before {until}" if over else f"so far; it ends before {until}"),
    )
