"""The whole play: who comes on, in which order, until nothing is left to do."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from commands.simulation import money, people, project, report, screening, work
from commands.simulation.browser import Browser
from commands.simulation.material import Material
from commands.simulation.people import Person
from commands.simulation.project import Plan

DEPOSIT = "2000"
Step = Callable[[int], None]


@dataclass(slots=True)
class Cast:
    """Everybody in the play; `tag` keeps the addresses of two plays apart."""

    base: str
    tag: str = field(default_factory=lambda: secrets.token_hex(4))
    experts: list[Person] = field(default_factory=list)
    reviewers: list[Person] = field(default_factory=list)

    def person(self, part: str, number: int = 1) -> Person:
        """A new visitor in this part."""
        name = f"{part.capitalize()} {number}"
        return Person(number, name, f"{part}-{number}.{self.tag}@simulation.example", Browser(self.base))


@dataclass(frozen=True, slots=True)
class Play:
    """What is to be done: the tasks, how many people, the seed, where development mail is kept."""

    tasks: Material
    plan: Plan
    experts: int
    reviewers: int
    seed: int
    mails: Path
    screening: bool = False


@dataclass(slots=True)
class Outcome:
    """What the visitors saw."""

    project: str
    tally: work.Tally
    payouts: int
    export: dict[str, object]
    defects: list[str]


def perform(cast: Cast, play: Play, staff: dict[str, Person], step: Step) -> Outcome:
    """Do the whole job over HTTP; `step` hears of every submission and verdict."""
    for person in staff.values():
        people.log_in(person)
    owner = _company(cast, play)
    address = project.create(owner, play.plan, f"Compare answers, simulation {cast.tag}", play.tasks.classes)
    project.add_tasks(owner, address, play.tasks)
    project.deposit(owner, DEPOSIT)
    if play.screening:
        screening.write(owner, address)
    job = project.publish(owner, staff["ops"], address, DEPOSIT)
    _hire(cast, play, staff["admin"], job)
    tally = _labour(cast, play, job, str(report.project_id(address)), step)
    for person in [*cast.experts, *cast.reviewers]:
        money.open_account(person)
    money.end_holds(staff["finance"])
    payouts = money.pay_out(staff["finance"], staff["approver"])
    counts, defects = project.export(owner, address)
    return Outcome(address, tally, payouts, counts, defects)


def _company(cast: Cast, play: Play) -> Person:
    owner = cast.person("owner")
    people.join(owner, "company", play.mails)
    project.found(owner, f"Simulation {cast.tag}")
    return owner


def _hire(cast: Cast, play: Play, admin: Person, job: str) -> None:
    for number in range(1, play.experts + 1):
        expert = cast.person("expert", number)
        people.join(expert, "expert", play.mails)
        people.introduce(expert)
        people.agree(expert)
        work.engage(expert, job)
        cast.experts.append(expert)
    for number in range(1, play.reviewers + 1):
        reviewer = cast.person("reviewer", number)
        people.join(reviewer, "expert", play.mails)
        people.grant(admin, reviewer.email, "reviewer")
        people.act_as(reviewer, "reviewer")
        people.agree(reviewer)
        cast.reviewers.append(reviewer)


def _labour(cast: Cast, play: Play, job: str, project_id: str, step: Step) -> work.Tally:
    """Rounds of work, change and review until every submission has a verdict that stands."""
    tally, patience = work.Tally(), work.Patience()
    wanted = play.tasks.count * play.plan.overlap
    while True:
        done = 0
        if tally.submitted < wanted:
            done += work.work_round(cast.experts, job, play.seed, tally, lambda: step(1))
        else:
            done += work.fix_round(cast.experts, play.seed, tally)
            done += work.review_round(cast.reviewers, project_id, play.seed, tally, lambda: step(1))
        if tally.submitted >= wanted and not done and work.settled(cast.experts):
            return tally
        if done:
            patience.progressed()
        else:
            patience.wait("the server's eight seconds, or the worker")
