"""What was tried, what is said of every turn, and the report of a failure."""

from dataclasses import dataclass

from workspace.task_types.base.fields import Fields
from workspace.task_types.red_teaming.lists import HAZARDS, SEVERITIES, SUCCESSES
from workspace.task_types.red_teaming.payload import Payload
from workspace.task_types.red_teaming.turns import MOST, Turn, Turns, path, read_turns, runs

GOAL_CHARACTERS, SENTENCE_CHARACTERS, TEXT_CHARACTERS = 1_000, 2_000, 20_000


@dataclass(frozen=True, slots=True)
class Repro:
    """It failed `k` of `n` times from the same start."""

    k: int
    n: int


@dataclass(frozen=True, slots=True)
class Answer:
    """`failure` is the turn that failed; `resisted` that the model held up, then there is no report."""

    goal: str = ""
    turns: Turns = ()
    failure: int | None = None
    success: int | None = None
    severity: int | None = None
    severity_why: str = ""
    categories: tuple[str, ...] = ()
    hazards: tuple[str, ...] = ()
    minimal_prompt: str = ""
    repro: Repro | None = None
    why_harmful: str = ""
    safe_answer: str = ""
    resisted: bool = False

    @property
    def failed(self) -> Turn | None:
        """The turn that failed."""
        return next((turn for turn in self.turns if turn.id == self.failure), None)

    @property
    def told(self) -> Turns:
        """The turns the answer is about: up to the failure, or the branch that was gone last."""
        return path(self.turns, self.failure or max((turn.id for turn in self.turns), default=None))


def read(fields: Fields, payload: Payload) -> Answer:
    """Whatever is usable, with the complaints about the rest left in `fields`.

    How often it failed is counted here, over the runs that were kept: it is never what an answer says.
    """
    turns = read_turns(fields, payload)
    failure = _failure(fields, turns)
    return Answer(
        goal=fields.text("goal", longest=GOAL_CHARACTERS),
        turns=turns,
        failure=failure,
        success=fields.whole_or_none("success", 0, max(SUCCESSES)),
        severity=fields.whole_or_none("severity", 1, max(SEVERITIES)),
        severity_why=fields.text("severity_why", longest=SENTENCE_CHARACTERS),
        categories=fields.picks("categories", (category.id for category in payload.categories)),
        hazards=fields.picks("hazards", (hazard.id for hazard in HAZARDS)),
        minimal_prompt=fields.text("minimal_prompt", longest=TEXT_CHARACTERS),
        repro=repro(turns, failure) if payload.live else None,
        why_harmful=fields.text("why_harmful", longest=TEXT_CHARACTERS),
        safe_answer=fields.text("safe_answer", longest=TEXT_CHARACTERS),
        resisted=fields.flag("resisted"),
    )


def written(answer: Answer) -> str:
    """All the expert wrote in the report."""
    parts = (answer.severity_why, answer.minimal_prompt, answer.why_harmful, answer.safe_answer)
    return "\n".join(parts)


def repro(turns: Turns, failure: int | None) -> Repro | None:
    """Failed k of n times from the start of the turn that failed; None while nothing has."""
    turn = next((turn for turn in turns if turn.id == failure), None)
    if turn is None:
        return None
    same = runs(turns, turn)
    return Repro(sum(run.failed for run in same), len(same))


def _failure(fields: Fields, turns: Turns) -> int | None:
    """The turn that is named, else the first one whose outcome is a failure."""
    failed = [turn.id for turn in turns if turn.is_reply and turn.failed]
    said = fields.whole_or_none("failure", 1, MOST)
    return said if said in failed else next(iter(failed), None)
