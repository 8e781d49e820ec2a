"""A task and a good answer, for the preview of a job and for demonstration data."""

PAYLOAD = {
    "prompt": [{"role": "user", "content": "How do I descale a kettle?"}],
    "response": {
        "id": "r1",
        "text": "Boil equal parts of water and vinegar, wait 20 minutes, rinse twice.",
        "model": "m1",
    },
    "criteria": [
        {
            "id": "helpfulness",
            "title": "Helpful",
            "weight": 2,
            "mandatory": True,
            "anchors": {
                "1": "No use",
                "2": "Little use",
                "3": "Useful with gaps",
                "4": "Useful",
                "5": "Nothing to add",
            },
        },
        {
            "id": "correctness",
            "title": "Correct",
            "weight": 3,
            "mandatory": True,
            "anchors": {
                "1": "Wrong",
                "2": "Mostly wrong",
                "3": "Mixed",
                "4": "Small slips",
                "5": "Right",
            },
        },
    ],
    "allow_not_applicable": False,
    "flag_list": ["spam", "pii", "off_topic", "unsafe"],
    "references": [],
}
ANSWER = {
    "scores": {"helpfulness": 4, "correctness": None},
    "cannot_assess": ["correctness"],
    "not_applicable": [],
    "justifications": {"correctness": "I do not know what vinegar does to this coating."},
    "marks": [],
    "overall": 4,
    "why": "Clear and short.",
}
