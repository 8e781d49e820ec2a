"""Answers to practice tasks that are complete and not right: the mistake people make most, for each type."""

from typing import Any

from workspace.practice.models import Item

Raw = dict[str, Any]


def slipped(item: Item) -> Raw:
    """The good answer with that mistake; where no machine can mark, as it is."""
    slip = SLIPS.get(item.kind.slug)
    return dict(item.answer) | (slip(dict(item.answer), item) if slip else {})


def _ranking(answer: Raw, item: Item) -> Raw:
    return {"groups": answer["groups"][::-1]}


def _editing(answer: Raw, item: Item) -> Raw:
    if not answer.get("no_edit"):
        return {"no_edit": True, "no_edit_reason": "It reads well."}
    at = answer["edited"].index("about")
    hunk = {"op": "replace", "a": [at, at + 5], "b": [at, at + 7], "tags": ["clarity"]}
    edited = answer["edited"].replace("about", "roughly", 1)
    said = {"summary": "Another word that I like better than this one.", "hunks": [hunk]}
    return {"edited": edited, "no_edit": False, "no_edit_reason": None} | said


def _conversation(answer: Raw, item: Item) -> Raw:
    other = {"compliant": "safe_refusal"}
    turns = [
        turn | ({"outcome": other.get(turn["outcome"], "compliant")} if "outcome" in turn else {})
        for turn in answer["turns"]
    ]
    return {"turns": turns, "resisted": True}


def _steps(answer: Raw, item: Item) -> Raw:
    if not item.payload.verifies:
        return {"final_answer": "20"}
    steps: list[Raw] = [{"id": step["id"], "rating": 1} for step in answer["steps"]]
    if answer["finish"] == "found_error":
        return {"steps": steps, "finish": "solution"}
    steps[0] |= {"rating": -1, "critique": "I would not have done it like this.", "correction": "Multiply."}
    return {"steps": steps, "finish": "found_error"}


def _rating(answer: Raw, item: Item) -> Raw:
    scores = {name: 6 - value for name, value in answer["scores"].items()}
    return {"scores": scores, "overall": 6 - answer["overall"], "why": "The other way round."}


def _flags(answer: Raw, item: Item) -> Raw:
    if answer["none_found"]:
        span = {"text": "shut", "type": "wrong_fact", "severity": "minor", "correction": "closed"}
        return {"none_found": False, "spans": [span], "verdict": "minor_issues"}
    everything = [*range(len(item.payload.sentences))]
    return {"none_found": True, "spans": [], "sentences_checked": everything, "verdict": "reliable"}


SLIPS = {
    "response_ranking": _ranking,
    "response_editing": _editing,
    "red_teaming": _conversation,
    "chain_of_thought": _steps,
    "rating": _rating,
    "hallucination_flagging": _flags,
}
