"""A task and a good answer, for the preview of a job and for demonstration data."""

PAYLOAD = {
    "prompt": [{"role": "user", "content": "Summarise the note."}],
    "response": {"id": "r1", "text": "The clinic opened in 1998. It has 40 beds.", "model": "m4"},
    "context": [{"title": "Note", "text": "The clinic opened in 1989 and has 40 beds."}],
    "types": "default",
    "sentences": [[0, 26], [27, 42]],
    "references": [],
}
ANSWER = {
    "none_found": False,
    "spans": [
        {
            "field": "response",
            "start": 21,
            "end": 25,
            "text": "1998",
            "prefix": "The clinic opened in ",
            "suffix": ". It has 40 beds.",
            "type": "wrong_number",
            "severity": "major",
            "correction": "1989",
            "cannot_verify": False,
            "evidence": ["Note: opened in 1989"],
            "confidence": 5,
        }
    ],
    "sentences_checked": [1],
    "verdict": "minor_issues",
}
