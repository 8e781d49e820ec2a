"""A task and a good answer, for the preview of a job and for demonstration data."""

PAYLOAD = {
    "mode": "verify",
    "prompt": [
        {
            "role": "user",
            "content": "A train leaves at 14:00 at 60 km/h, a second at 15:00 at 80 km/h on the same track. "
            "When does the second catch up?",
        }
    ],
    "steps": [
        "The first train has a lead of 60 km at 15:00.",
        "The second is 20 km/h faster.",
        "60 / 20 = 2 hours, so at 17:00.",
    ],
    "answer": "17:00",
    "model": "m1",
    "reference_answer": "18:00",
    "show_reference": "after",
    "after_first_error": "stop",
    "answer_kind": "text",
    "references": [],
}
ANSWER = {
    "mode": "verify",
    "steps": [
        {"id": 1, "rating": 1, "unsure": False, "critique": None, "correction": None},
        {"id": 2, "rating": 1, "unsure": False, "critique": None, "correction": None},
        {
            "id": 3,
            "rating": -1,
            "unsure": False,
            "critique": "60 divided by 20 is 3, not 2.",
            "correction": "60 / 20 = 3 hours, so at 18:00.",
        },
    ],
    "first_error": 3,
    "final_answer": "18:00",
    "finish": "found_error",
    "progress": 3,
}
