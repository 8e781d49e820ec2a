"""What is known to be right: the first wrong step, or the final answer."""

from collections.abc import Mapping

from workspace.task_types.base.fields import Fields
from workspace.task_types.base.results import Invalid, Json
from workspace.task_types.chain_of_thought import finals
from workspace.task_types.chain_of_thought.answer import Answer, Verified, read
from workspace.task_types.chain_of_thought.payload import ANSWER_CHARACTERS, Payload

ONE_OFF = 0.5


def read_gold(payload: Payload, raw: Json) -> Json | Invalid:
    """`{"first_error": 3}` (null: there is none) or `{"final_answer": "18:00"}`; a whole answer will do."""
    fields = Fields(raw, "gold")
    if not payload.verifies:
        final = fields.text("final_answer", needed="Give the right final answer.", longest=ANSWER_CHARACTERS)
        return fields.finish({"final_answer": final})
    known = isinstance(raw, Mapping) and "first_error" in raw
    if not known and not fields.has("steps"):
        fields.wrong("first_error", "Give the number of the first wrong step, or null when all are right.")
    found = fields.whole_or_none("first_error", 1, len(payload.steps))
    if not known:
        answer = read(fields, payload)
        found = answer.first_error if isinstance(answer, Verified) else None
    return fields.finish({"first_error": found})


def score(payload: Payload, gold: Json, answer: Answer) -> float | None:
    """1 for the seeded step, half for one beside it; 1 or 0 for a final answer; None without good gold."""
    known = read_gold(payload, gold)
    if isinstance(known, Invalid):
        return None
    if not isinstance(answer, Verified):
        return float(finals.same(answer.final_answer, known["final_answer"]))
    right, said = known["first_error"], answer.first_error
    if right is None or said is None or right == said:
        return float(right == said)
    return ONE_OFF if abs(right - said) == 1 else 0.0
