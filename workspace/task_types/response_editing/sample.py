"""A task and a good answer, for the preview of a job and for demonstration data."""

PAYLOAD = {
    "prompt": [{"role": "user", "content": "When did the Berlin Wall fall?"}],
    "response": {"id": "r1", "text": "It fell in 1991.", "model": "m3"},
    "format": "prose",
    "references": [],
}
ANSWER = {
    "edited": "It fell on 9 November 1989.",
    "no_edit": False,
    "no_edit_reason": None,
    "summary": "Corrected the year and gave the exact date.",
    "hunks": [
        {
            "op": "replace",
            "a": [8, 15],
            "b": [8, 26],
            "tags": ["fact_error"],
            "source": "Encyclopaedia entry on the Wall",
            "note": None,
        }
    ],
    "edit_words": 4,
}
