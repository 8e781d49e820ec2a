"""A task and a good answer, for the preview of a job and for demonstration data."""

PAYLOAD = {
    "prompt": [
        {"role": "user", "content": "Explain compound interest to a twelve-year-old in at most 60 words."}
    ],
    "response": {"id": "r1", "text": "Compound interest is interest on interest.", "model": "m2"},
    "constraints": [{"id": "c1", "text": "At most 60 words"}, {"id": "c2", "text": "One everyday example"}],
    "min_words": 20,
    "max_words": 60,
    "sources_required": False,
    "headings": [],
    "references": [],
}
ANSWER = {
    "text": "Put 10 dollars in a jar that adds 1 dollar for every 10 inside, once a year. "
    "After a year you have 11. The next year the jar counts the 11, so it adds a little more. "
    "Money that earned money starts earning too.",
    "format": "markdown",
    "constraints": [{"id": "c1", "met": True, "why": None}, {"id": "c2", "met": True, "why": None}],
    "sources": [],
    "refusal": False,
    "self_score": 4,
    "ai_statement": True,
    "response_opened": False,
}
