"""A task and a good answer, for the preview of a job and for demonstration data."""

PAYLOAD = {
    "prompt": [{"role": "user", "content": "My kitchen tap drips. What can I do myself?"}],
    "responses": [
        {"id": "r1", "text": "Call a plumber.", "model": "m1"},
        {
            "id": "r2",
            "text": "Turn off the water, take off the handle and change the washer.",
            "model": "m2",
        },
        {"id": "r3", "text": "Put a bucket under it.", "model": "m1"},
    ],
    "dimensions": ["accuracy"],
    "why_min_words": 10,
    "rewrite": "none",
    "references": [],
}
ANSWER = {
    "groups": [["r2"], ["r1", "r3"]],
    "strengths": [2],
    "dimensions": {"accuracy": [["r2"], ["r1"], ["r3"]]},
    "why": "Changing the washer stops the drip, step by step; a plumber or a bucket leaves the tap dripping.",
    "reasons": ["more_complete"],
    "none_good": False,
    "none_good_reason": None,
    "rewrite": None,
    "seen": ["r1", "r2", "r3"],
}
