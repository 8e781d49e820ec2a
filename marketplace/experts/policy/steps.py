"""What a profile still lacks, each with what it opens; and what a proof would open.  Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.fields import covers
from marketplace.experts.models import Credential, Expert
from marketplace.experts.policy.around import OpenJobs
from marketplace.experts.policy.tiers import Unlock, tier


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; `opens` says what it is good for."""

    text: str
    opens: str
    endpoint: str


def steps(expert: Expert, *, history: int, fields: int, credentials: int) -> list[Step]:
    """What is missing, the most useful first; nothing when everything is there."""
    missing = [
        (
            not fields,
            Step("Choose your fields", "Jobs are sorted by field: yours come first.", "experts.specialties"),
        ),
        (not credentials, Step("Add a credential", "It decides your rate.", "experts.new_credential")),
        (not expert.languages, Step("Name your languages", "Every job asks for one.", "experts.edit")),
        (not expert.country, Step("Say where you live", "We can pay you there.", "experts.edit")),
        (not expert.headline, Step("Write a headline", "Companies read it first.", "experts.edit")),
        (
            not expert.weekly_hours,
            Step("Say how many hours you want", "Companies plan with it.", "experts.edit"),
        ),
        (
            not expert.biography,
            Step("Write about yourself", "Companies choose by it when they invite.", "experts.edit"),
        ),
        (
            not history,
            Step("Add a position or a study", "It shows companies what you have done.", "experts.edit"),
        ),
    ]
    return [step for is_missing, step in missing if is_missing]


@dataclass(frozen=True, slots=True)
class Opened:
    """Open jobs that a proof would open: how many, and what the best of them pays an hour, in minor units."""

    count: int
    hourly_minor: int


def opened_by(unlock: Unlock, verified: Sequence[Credential], jobs: Sequence[OpenJobs]) -> Opened:
    """The open jobs this proof would open that are closed to the expert's tier now."""
    found = [
        job
        for job in jobs
        if covers(unlock.specialty, job.specialty)
        and tier(verified, job.specialty).tier.rank < job.tier_rank <= unlock.tier.rank
    ]
    return Opened(sum(job.count for job in found), max((job.hourly_minor for job in found), default=0))
