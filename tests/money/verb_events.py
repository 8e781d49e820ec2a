"""Claimed work by the whole verbs of the rooms: claim, hand in, judge, change, leave, let the clock decide."""

import uuid
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from marketplace.applications import queries as applications
from marketplace.bonuses.policy import Gift
from marketplace.experts import queries as experts
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.projects import queries as projects
from tests.factories.appeals import RULING, STATEMENT, make_judge
from tests.factories.experts import make_expert
from tests.factories.projects import make_owner, make_project
from tests.factories.queue import engaged, make_tasks
from tests.factories.reviews import EXAMPLE, FRESH, WORDS, make_reviewer
from tests.factories.submissions import all_warnings, good_answer
from tests.money import model as m
from tests.money.base import PICK, MoneyMachine
from tests.money.world import World
from workspace.queue import queries as assignments
from workspace.queue import service as queue
from workspace.reviews import queries as review_queries
from workspace.reviews import service as reviews
from workspace.reviews.models import Outcome, Review, Verdict
from workspace.reviews.service import Ruling
from workspace.submissions import queries as submissions
from workspace.submissions import service as handing
from workspace.submissions.models import Submission

APPEALS = ("won", "in_part", "upheld", "late", "withdrawn")
PRICE, MINUTES, BUDGET = 4_334, 20, 77_330


class Job(World):
    """One project with many tasks, three experts at work on it, one reviewer."""

    job: uuid.UUID
    company: uuid.UUID
    experts: list[uuid.UUID]
    judge: uuid.UUID
    adjudicator: uuid.UUID

    def _fill(self, session: Session) -> None:
        project = make_project(session, **EXAMPLE, budget_minor=BUDGET)
        make_tasks(session, project, 60)
        people = [make_expert(session, tier="licensed") for _ in range(3)]
        for person in people:
            engaged(session, person, project)
        self.owners[project.company_id] = make_owner(session, project.company).id
        self.job, self.company, self.judge = project.id, project.company_id, make_reviewer(session).id
        self.adjudicator = make_judge(session).id
        self.experts = [person.user_id for person in people]

    def begun(self) -> m.Model:
        """What the books hold at first."""
        model = m.Model()
        model.post([(m.STRIPE, m.wallet(self.company), BUDGET)])
        model.post([(m.wallet(self.company), m.of_project(self.job)[0], BUDGET)])
        return model


class VerbEvents(MoneyMachine):
    """Claims by the verbs that people and the clock use."""

    world: ClassVar[Job]

    @rule(pick=PICK)
    def claim(self, pick: int) -> None:
        """Somebody without a task takes one; whoever has one keeps it."""
        user = self.world.experts[pick % 3]
        if user in self.model.at_work:
            self.again(self.inside(lambda session: self.claimed(session, user)))
            return
        expected = self.model.claim(uuid.UUID(int=0), m.Claim(self.world.job, user, PRICE, MINUTES))
        said, made = self.answer(self.inside(lambda session: self.claimed(session, user)))
        assert (said == "done") is (expected == m.MOVED), said
        self.compare()
        if expected == m.SHORT:
            self.step("budget_used_up")
            return
        self.model.claims[made] = self.model.claims.pop(uuid.UUID(int=0))
        self.model.at_work[user] = made
        self.again(self.inside(lambda session: self.claimed(session, user)))
        self.step("claim")

    @precondition(lambda self: self.model.at_work)
    @rule(pick=PICK, how=st.sampled_from(["submit", "submit", "submit", "release", "expire"]))
    def leave_or_submit(self, pick: int, how: str) -> None:
        users = [*self.model.at_work]
        user = users[pick % len(users)]
        claim = self.model.at_work.pop(user)
        expected = m.NOTHING if how == "submit" else self.model.end(claim, 0)
        if how == "submit":
            self.model.handed_in.append(claim)
        self.deliver(self.inside(lambda session: self.done(session, claim, how)), expected)
        self.step(how)

    @precondition(lambda self: self.model.handed_in)
    @rule(
        verdict=st.sampled_from([Verdict.APPROVE, Verdict.APPROVE, Verdict.ASK_FOR_CHANGES, Verdict.REJECT])
    )
    def judge(self, verdict: Verdict) -> None:
        with clock.shifted(2 * FRESH):
            review, claim = self.inside(lambda session: self.served(session, verdict))()
        self.compare()  # a verdict moves nothing until it acts
        self.model.handed_in.remove(claim)
        reviewer = self.world.judge
        if verdict is Verdict.APPROVE:
            expected = self.model.end(claim, PRICE, reviewer=reviewer)
        else:
            expected = self.model.verdict(claim, reviewer, ask=verdict is Verdict.ASK_FOR_CHANGES)
            asked = verdict is Verdict.ASK_FOR_CHANGES
            (self.model.to_change if asked else self.model.rejected).append(claim)
        with clock.shifted(4 * FRESH):
            self.deliver(self.inside(lambda session: reviews.decide(session, review)), expected)
        self.step(verdict.value)

    @precondition(lambda self: self.model.to_change)
    @rule()
    def resubmit(self) -> None:
        claim = self.model.to_change.pop(0)
        self.model.handed_in.append(claim)
        self.deliver(self.inside(lambda session: self.changed(session, claim)), m.NOTHING)
        self.step("resubmit")

    @precondition(lambda self: self.model.rejected)
    @rule()
    def nobody_appeals(self) -> None:
        claim = self.model.rejected.pop(0)
        expected = self.model.end(claim, 0)
        submission = self.inside(lambda session: self.live(session, claim).id)()
        with clock.shifted(timedelta(days=8)):
            self.deliver(self.inside(lambda session: reviews.reject_for_good(session, submission)), expected)
            self.again(self.inside(lambda session: reviews.approve_late(session, submission)))
        self.step("rejected_for_good")

    @precondition(lambda self: self.model.rejected)
    @rule(how=st.sampled_from(APPEALS))
    def appeal(self, how: str) -> None:
        """An appeal keeps the money where it is, until it is won, lost, taken back or late."""
        claim = self.model.rejected.pop(0)
        submission = self.inside(lambda session: self.live(session, claim).id)()
        self.deliver(self.inside(lambda session: self.opened(session, submission)), m.NOTHING)
        share = {"won": 100, "late": 100, "upheld": 0, "withdrawn": 0}.get(how, 50)
        judge = None if how in {"late", "withdrawn"} else self.world.adjudicator
        expected = self.model.end(claim, -(-PRICE * share // 100), adjudicator=judge)
        with clock.shifted(timedelta(days=6 if how == "late" else 0)):
            self.deliver(self.inside(lambda session: self.ended_by(session, submission, how)), expected)
            self.again(self.inside(lambda session: reviews.reject_for_good(session, submission)))
        self.step(f"appeal_{how}")

    @precondition(lambda self: self.model.handed_in)
    @rule()
    def nobody_judges(self) -> None:
        claim = self.model.handed_in.pop(0)
        expected = self.model.end(claim, PRICE)
        submission = self.inside(lambda session: self.live(session, claim).id)()
        with clock.shifted(timedelta(days=8)):
            self.deliver(self.inside(lambda session: reviews.approve_late(session, submission)), expected)
            self.again(self.inside(lambda session: reviews.reject_for_good(session, submission)))
        self.step("approved_by_the_clock")

    @rule(pick=PICK, minor=st.integers(100, 2_000))
    def give_bonus(self, pick: int, minor: int) -> None:
        """The company gives one of them a bonus; the same form gives once, and nothing else."""
        user, form, owner = self.world.experts[pick % 3], uuid.uuid4(), self.world.owners[self.world.company]
        budget = m.of_project(self.world.job)[0]
        expected = self.model.post([(budget, m.pending(user), minor), (budget, m.REVENUE, m.fifth(minor))])
        if expected == m.MOVED:
            self.model.earn(user, minor)

        def verb(session: Session, more: int = 0) -> None:
            project, by = projects.project(session, self.world.job), session.get_one(User, owner)
            gift = Gift(user_id=user, amount_minor=minor + more, reason="Sources for every claim")
            assert project is not None
            reviews.give_bonus(session, project, by=by, gift=gift, form_key=form)

        self.deliver(self.inside(verb), expected)
        if expected == m.MOVED:
            self.refused(self.inside(lambda session: verb(session, more=1)))
        self.step("given" if expected == m.MOVED else "not_given")

    # ---- the verbs, on rows read for them

    def claimed(self, session: Session, user: uuid.UUID) -> uuid.UUID:
        expert, project = experts.for_user(session, user), projects.project(session, self.world.job)
        assert expert is not None
        assert project is not None
        engagement = applications.active_engagement(session, expert.id, project.id)
        assert engagement is not None
        owner = session.get_one(User, user)
        return queue.claim(session, user=owner, expert=expert, engagement=engagement, project=project).id

    def done(self, session: Session, claim: uuid.UUID, how: str) -> None:
        held = assignments.lock_assignment(session, claim)
        if how == "release":
            queue.release(session, held, by=held.expert.user, reason="left")
        elif how == "expire":
            queue.expire(session, held)
        else:
            words: Any = {"answer": good_answer(held), "confirmed": all_warnings(held), "confidence": 4}
            handing.submit(session, held, user=held.expert.user, **words)

    def served(self, session: Session, verdict: Verdict) -> tuple[uuid.UUID, uuid.UUID]:
        reviewer = session.get_one(User, self.world.judge)
        review = reviews.open_next(session, reviewer=reviewer, projects=[self.world.job])
        assert isinstance(review, Review)
        words: Any = {"reason_code": "ACC-2", "clauses": [1], "note": WORDS}
        said = {} if verdict is Verdict.APPROVE else words
        reviews.give(session, review, reviewer=reviewer, verdict=verdict, **said)
        return review.id, review.submission.assignment_id

    def changed(self, session: Session, claim: uuid.UUID) -> None:
        held, live = assignments.lock_assignment(session, claim), self.live(session, claim)
        words: Any = {"answer": good_answer(held), "confirmed": all_warnings(held)}
        handing.resubmit(session, live, user=held.expert.user, **words)

    def opened(self, session: Session, submission: uuid.UUID) -> None:
        owner = session.get_one(User, session.get_one(Submission, submission).user_id)
        reviews.open_appeal(session, submission, by=owner, statement=STATEMENT)

    def ended_by(self, session: Session, submission: uuid.UUID, how: str) -> None:
        if how == "late":
            reviews.reject_for_good(session, submission)
            return
        if how == "withdrawn":
            owner = session.get_one(User, session.get_one(Submission, submission).user_id)
            reviews.withdraw_appeal(session, submission, by=owner)
            return
        judge = session.get_one(User, self.world.adjudicator)
        drawn = reviews.draw_appeal(session, judge=judge) or review_queries.appeal_of(session, submission)
        assert drawn is not None
        session.flush()
        words = {**RULING, "outcome": Outcome(how), "share": 50 if how == "in_part" else None}
        reviews.decide_appeal(session, drawn.id, Ruling(**words), judge=judge)

    def live(self, session: Session, claim: uuid.UUID) -> Any:
        found = submissions.live_submission(session, claim)
        assert found is not None
        whole = submissions.submission(session, found.id)
        assert whole is not None
        return whole
