"""The rules of the house: who may do a job, why, and what would fix a miss.  Pure."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from config.content import titles
from config.countries import COUNTRIES
from config.fields import SPECIALTIES, TIERS, covers
from config.languages import LANGUAGES
from config.policy import PEOPLE
from marketplace.care.policy import lacking
from marketplace.experts import policy as experts
from marketplace.experts.models import Credential, Expert
from marketplace.identity.models import User, UserState
from marketplace.matching.policy.answers import Fix, RuleResult
from marketplace.projects.models import Project
from marketplace.projects.policy import takes_work

CREDENTIALS = "/profile/credentials"
ADD_CREDENTIAL = f"{CREDENTIALS}/new"
EDIT_PROFILE = "/profile/edit"
SETTINGS = "/settings"
CONTENT = "/settings/content"


def user_active(user: User) -> RuleResult:
    """Not suspended, and the e-mail address is confirmed."""
    if user.state is not UserState.ACTIVE:
        return RuleResult("user_active", passed=False, reason="You cannot begin new work at the moment.")
    if user.email_confirmed_at is None:
        return RuleResult(
            "user_active",
            passed=False,
            reason="Your e-mail address is not confirmed.",
            fix=Fix("Open the link we sent you, or ask for a new one", SETTINGS),
        )
    return RuleResult("user_active", passed=True, reason="Your e-mail address is confirmed.")


def credential(
    held: Sequence[Credential], project: Project, *, checked: Sequence[Credential] = ()
) -> RuleResult:
    """A verified credential in the job's field; the lowest tier asks for none.  `checked`: being checked."""
    field = SPECIALTIES[project.specialty].title
    if project.tier_rank == 0:
        return RuleResult("credential", passed=True, reason="No credential needed.")
    fitting = next((one for one in held if covers(one.specialty, project.specialty)), None)
    if fitting is not None:
        return RuleResult(
            "credential", passed=True, reason=f"Fits your verified credential: {fitting.title}."
        )
    asked = f"This job needs a verified credential in {field}."
    coming = [one for one in checked if covers(one.specialty, project.specialty)]
    if coming:
        return _being_checked("credential", asked, coming[:1])
    return RuleResult(
        "credential",
        passed=False,
        reason=f"{asked} You have none that is verified.",
        fix=_proof(held, project),
    )


def tier(held: Sequence[Credential], project: Project, *, checked: Sequence[Credential] = ()) -> RuleResult:
    """The tier the person has in the job's field is the job's or higher.  `checked`: being checked."""
    wanted, reached = TIERS[project.tier], experts.reached(held, project.specialty)
    if reached.rank >= wanted.rank:
        return RuleResult(
            "tier", passed=True, reason=f"{reached.title} in {SPECIALTIES[project.specialty].title}."
        )
    asked = f"This job is for the tier {wanted.title}: {wanted.rule.lower()}."
    coming = [one for one in checked if covers(one.specialty, project.specialty)]
    enough = next((one for one in coming if _reaches([*held, one], project)), None)
    if enough is not None or _reaches([*held, *coming], project):
        return _being_checked("tier", asked, [enough] if enough is not None else coming)
    return RuleResult(
        "tier",
        passed=False,
        reason=f"{asked} In this field you are {reached.title}.",
        fix=_proof([*held, *coming], project),
    )


def _reaches(held: Sequence[Credential], project: Project) -> bool:
    return experts.reached(held, project.specialty).rank >= project.tier_rank


def _being_checked(rule: str, asked: str, coming: Sequence[Credential]) -> RuleResult:
    """Not met yet, and nothing to be done: what would meet it has been sent."""
    names = " and ".join(f"“{one.title}”" for one in coming)
    return RuleResult(
        rule,
        passed=False,
        reason=f"{asked} Being checked: {names}. When it is verified, this is met.",
        fix=Fix("See where it stands", f"{CREDENTIALS}/{coming[0].id}"),
    )


def _proof(held: Sequence[Credential], project: Project) -> Fix | None:
    """The proof that reaches the job's own tier, with the form that asks for it filled in."""
    proof = experts.proof_of(held, project.specialty, TIERS[project.tier])
    if proof is None:
        return None
    kind = f"kind={proof.kinds[0].value}&" if len(proof.kinds) == 1 else ""
    return Fix(f"Add {proof.words}", f"{ADD_CREDENTIAL}?{kind}specialty={project.specialty}")


def language(expert: Expert, project: Project) -> RuleResult:
    """The job's language stands in the profile, at the level work needs."""
    name = LANGUAGES.get(project.language, project.language)
    level = "as a native" if project.language_level == "native" else f"at {project.language_level} or better"
    if experts.speaks(expert, project.language, project.language_level):
        return RuleResult("language", passed=True, reason=f"{name}, {level.removeprefix('at ')}.")
    return RuleResult(
        "language",
        passed=False,
        reason=f"This job needs {name} {level}. Your profile does not say so.",
        fix=Fix(f"Add {name} to your profile", EDIT_PROFILE),
    )


def country(expert: Expert, project: Project) -> RuleResult:
    """We must know where a person is to pay them there, and the job may leave countries out."""
    if not expert.country:
        return RuleResult(
            "country",
            passed=False,
            reason="We do not know your country, so we could not pay you.",
            fix=Fix("Add your country", EDIT_PROFILE),
        )
    if expert.country in project.excluded_countries.split(","):
        name = COUNTRIES.get(expert.country, expert.country)
        return RuleResult("country", passed=False, reason=f"This job is not open to people in {name}.")
    return RuleResult("country", passed=True, reason="Your country is in your profile.")


def content(opted_in: frozenset[str], project: Project) -> RuleResult:
    """The person agreed to see every class of sensitive content the project declares."""
    missing = lacking(project.classes, opted_in)
    if not missing:
        reason = "You agreed to see its sensitive content." if project.classes else "No sensitive content."
        return RuleResult("content", passed=True, reason=reason)
    return RuleResult(
        "content",
        passed=False,
        reason=f"This job shows sensitive content: {titles(missing)}. You have not agreed to see that.",
        fix=Fix("Choose what you are willing to see", CONTENT),
    )


def not_company(company_ids: frozenset[uuid.UUID], project: Project) -> RuleResult:
    """Nobody works for a company they belong to, or left not long ago."""
    if project.company_id not in company_ids:
        return RuleResult("not_company", passed=True, reason="You are not a member of this company.")
    return RuleResult(
        "not_company",
        passed=False,
        reason=f"You are a member of this company, or left it less than {PEOPLE.conflict_days} days ago.",
    )


def not_blocked(reasons: Mapping[uuid.UUID, str], project: Project) -> RuleResult:
    """A company that asked for no more work from somebody says why, and gets none."""
    if project.company_id not in reasons:
        return RuleResult("not_blocked", passed=True, reason="The company has not asked you to stop.")
    return RuleResult(
        "not_blocked",
        passed=False,
        reason="This company asks you to take no new work of theirs. "
        f"Its reason: {reasons[project.company_id]} What you have done is still decided and paid.",
    )


def funded(project: Project, *, budget_minor: int, now: datetime) -> RuleResult:
    """The job is open and the next task is paid for."""
    if takes_work(project, budget_minor, now):
        return RuleResult("funded", passed=True, reason="Open, and the next task is funded.")
    return RuleResult(
        "funded", passed=False, reason="No new tasks at the moment. Look again when the job is open."
    )
