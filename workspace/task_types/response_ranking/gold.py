"""What is known to be right: pairs of which one is certainly better."""

from workspace.task_types.base.fields import Fields
from workspace.task_types.base.results import Invalid, Json
from workspace.task_types.response_ranking.answer import Answer, read
from workspace.task_types.response_ranking.payload import Payload
from workspace.task_types.response_ranking.votes import Pair, strict_pairs

PAIRS = 28


def read_gold(payload: Payload, raw: Json) -> Json | Invalid:
    """`{"pairs": [[better, worse], ...]}`, or a whole answer from which the strict pairs are taken."""
    fields = Fields(raw, "gold")
    pairs = _from_answer(payload, raw) if fields.has("groups") else _listed(fields, payload)
    if not pairs and not fields.errors:
        fields.wrong("pairs", "Give at least one pair, the better response first.")
    return fields.finish({"pairs": [list(pair) for pair in pairs]})


def score(payload: Payload, gold: Json, answer: Answer) -> float | None:
    """Share of the certain pairs in the right order (a tie is not right); None without certain pairs."""
    known = read_gold(payload, gold)
    if isinstance(known, Invalid):
        return None
    said = {(better, worse) for better, worse, _ in strict_pairs(answer)}
    return sum(tuple(pair) in said for pair in known["pairs"]) / len(known["pairs"])


def _from_answer(payload: Payload, raw: Json) -> list[Pair]:
    answer = read(Fields(raw, "gold"), payload)
    return [(better, worse) for better, worse, _ in strict_pairs(answer)]


def _listed(fields: Fields, payload: Payload) -> list[Pair]:
    pairs: list[Pair] = []
    for index, row in enumerate(fields.rows("pairs", least=1, most=PAIRS)):
        names = list(row) if isinstance(row, list | tuple) else []
        known = [name for name in names if isinstance(name, str) and name in payload.ids]
        if len(names) != 2 or len(set(known)) != 2:  # noqa: PLR2004 - a pair
            fields.wrong(
                f"pairs[{index}]", "Give two different responses of this task, the better one first."
            )
            continue
        pair = (known[0], known[1])
        if pair in pairs or pair[::-1] in pairs:
            fields.wrong(f"pairs[{index}]", "This pair is in the list already.")
        pairs.append(pair)
    return pairs
