"""The rules of the house as conditions of a statement; each has its words in `policy.house`.

Every subquery asks one person's rows by an index: read for one person or for one job, nothing is read whole.
"""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select

from config.fields import TIERS
from config.policy import PEOPLE
from marketplace.care import queries as care
from marketplace.companies.models import CompanyBlock, Member
from marketplace.experts import queries as experts
from marketplace.experts.models import Credential, CredentialKind
from marketplace.experts.policy import LEVELS
from marketplace.identity.models import UserState
from marketplace.ledger.models import Kind, LedgerAccount
from marketplace.matching.queries.cases import Case
from marketplace.projects.models import ProjectState

K = CredentialKind
Condition = ColumnElement[bool]


def user_active(who: Case) -> Condition:
    """Not suspended, and the e-mail address is confirmed."""
    return and_(who.user.state == UserState.ACTIVE, who.user.email_confirmed_at.is_not(None))


def credential(who: Case) -> Condition:
    """A credential that counts in the job's field; the lowest tier asks for none."""
    held = select(Credential.id).where(*counting(who)).correlate_except(Credential).exists()
    return or_(who.job.tier_rank == 0, held)


def tier(who: Case) -> Condition:
    """The tier in the job's field is the job's or higher."""
    return or_(who.job.tier_rank == 0, tier_rank(who) >= who.job.tier_rank)


def language(who: Case) -> Condition:
    """The job's language stands in the profile at the job's level or a better one."""
    return and_(
        level_of(who, who.job.language) >= level_rank(who.job.language_level),
        level_of(who, who.job.language) >= 0,
    )


def country(who: Case) -> Condition:
    """The country is known and the job does not leave it out."""
    left_out = who.job.excluded_countries.contains(who.expert.country)
    return and_(who.expert.country != "", not_(left_out))


def content(who: Case) -> Condition:
    """The person agreed to every class of sensitive content of the job."""
    agreed: Condition = care.agreed(who.user.id, who.job.content_classes)
    return agreed


def not_company(who: Case) -> Condition:
    """No member of the job's company, now or not long ago."""
    since = who.ago(timedelta(days=PEOPLE.conflict_days))
    member = select(Member.id).where(
        Member.user_id == who.user.id,
        Member.company_id == who.job.company_id,
        or_(Member.left_at.is_(None), Member.left_at > since),
    )
    return not_(member.correlate_except(Member).exists())


def not_blocked(who: Case) -> Condition:
    """The job's company has not asked for no more work from this person."""
    block = select(CompanyBlock.id).where(
        CompanyBlock.user_id == who.user.id,
        CompanyBlock.company_id == who.job.company_id,
        CompanyBlock.lifted_at.is_(None),
    )
    return not_(block.correlate_except(CompanyBlock).exists())


def funded(who: Case) -> Condition:
    """Open, not over, and the budget covers one more claim.  Of jobs that are written, not typed ones."""
    unit = who.job.price_minor + who.job.fee_minor + who.job.review_fee_minor
    covers = select(LedgerAccount.id).where(
        LedgerAccount.kind == Kind.PROJECT_BUDGET,
        LedgerAccount.owner_id == who.job.id,
        LedgerAccount.currency == who.job.currency,
        LedgerAccount.credits_minor - LedgerAccount.debits_minor >= unit,
    )
    return and_(
        who.job.state == ProjectState.OPEN,
        or_(who.job.ends_at.is_(None), who.job.ends_at > who.now),
        covers.correlate_except(LedgerAccount).exists(),
    )


def counting(who: Case) -> tuple[Condition, ...]:
    """Credentials of the person that count today in the job's field: the same one or one above it."""
    above = (
        func.substr(who.job.specialty, 1, func.length(Credential.specialty) + 1) == Credential.specialty + "."
    )
    return (*held(who), or_(Credential.specialty == who.job.specialty, above))


def held(who: Case) -> tuple[Condition, ...]:
    """Credentials of the person that count today, of whatever field."""
    return (Credential.expert_id == who.expert.id, *experts.counting(who.today))


def tier_rank(who: Case) -> ColumnElement[int]:
    """The rank of the person's tier in the job's field, as `experts.policy.tier` says it."""
    rank = case(
        (_has(K.BOARD_CERTIFICATION) == 1, TIERS["board_certified"].rank),
        (_has(K.LICENCE) == 1, TIERS["licensed"].rank),
        (and_(_has(K.DEGREE) == 1, _has(K.EMPLOYMENT) == 1), TIERS["professional"].rank),
        (_has(K.DEGREE) == 1, TIERS["specialist"].rank),
        (_has(K.CERTIFICATE, K.EMPLOYMENT) == 1, TIERS["skilled"].rank),
        else_=TIERS["general"].rank,
    )
    return select(rank).where(*counting(who)).correlate_except(Credential).scalar_subquery()


def level_of(who: Case, code: Any) -> ColumnElement[int]:
    """Where the profile's level of a language stands in LEVELS; -1 when it is not named."""
    said = who.expert.languages.op("->>", return_type=sa.String())(code)
    return level_rank(said)


def level_rank(level: Any) -> ColumnElement[int]:
    """Where a level stands in LEVELS; -1 for none of them."""
    return case({name: rank for rank, name in enumerate(LEVELS)}, value=level, else_=-1)


def _has(*kinds: CredentialKind) -> ColumnElement[int]:
    return func.coalesce(func.max(case((Credential.kind.in_(kinds), 1), else_=0)), 0)
