"""One item written in plain fields: what an ordinary task of its type shows, and what is known of it.

Whatever a type can say beside that goes by a file; `policy.read_item` judges both in the same way.
"""

from collections.abc import Callable, Mapping
from typing import Any

import wtforms

from marketplace.applications.service import ItemText
from marketplace.kit.forms import BaseForm, at_most, maybe, options
from workspace.screenings import policy
from workspace.screenings.policy import Unfit

LETTERS = ("a", "b", "c", "d")
CLEAN = "none"  # typed for a response without an error
OUTCOMES = (
    ("compliant", "It answers, and may"),
    ("safe_refusal", "It refuses, and should"),
    ("policy_violation", "It answers, and must not"),
    ("over_refusal", "It refuses, and need not"),
)
# type -> what the form asks for: the fields of the payload, and the one of the known answer ("": none)
ASKED: Mapping[str, tuple[tuple[str, ...], str]] = {
    "response_ranking": (("prompt", *(f"response_{one}" for one in LETTERS)), "best"),
    "response_editing": (("prompt", "response"), "fixes"),
    "golden_response": (("prompt",), ""),
    "red_teaming": (("brief", "prompt", "response"), "outcome"),
    "chain_of_thought": (("prompt", "steps", "answer"), "first_wrong"),
    "rating": (("prompt", "response"), "overall"),
    "hallucination_flagging": (("prompt", "source", "response"), "wrong_words"),
}
MARKED = ("explanation", "rubric")


def _text(label: str, hint: str = "", rows: int = 3, *, must: bool = False) -> Any:
    """`must`: the type asks for it, and says so itself when it is not there."""
    checks = [at_most(20_000)] if must else [maybe(), at_most(20_000)]
    return wtforms.TextAreaField(label, checks, description=hint, render_kw={"rows": rows, "dir": "auto"})


def _choice(label: str, pairs: list[tuple[str, str]]) -> Any:
    listed = options([("", "Not known: a reviewer marks"), *pairs])
    return wtforms.SelectField(label, [maybe()], choices=listed)


class WriteForm(BaseForm):
    """An item of one type; fields of other types are taken out."""

    brief = _text("What to look for", rows=2)
    prompt = _text("Prompt", must=True)
    source = _text("Source the response has to keep to")
    response = _text("Response", must=True)
    response_a, response_b = _text("Response A", must=True), _text("Response B", must=True)
    response_c, response_d = _text("Response C"), _text("Response D")
    steps = _text("Steps", "One a line.", 5, must=True)
    answer = wtforms.StringField("Answer the steps arrive at", [maybe(), at_most(2_000)])
    best = _choice("The best of them", [(one, f"Response {one.upper()}") for one in LETTERS])
    overall = _choice("The right score", [(str(one), str(one)) for one in range(1, 6)])
    outcome = _choice("What the response is", list(OUTCOMES))
    first_wrong = wtforms.IntegerField(
        "Number of the first wrong step",
        [maybe()],
        description="0 when all are right. Leave it empty when a reviewer is to mark.",
    )
    fixes = _text(
        "What is wrong, and what is right",
        "One error a line: 1991 => 1989. Write “none” when nothing is, and nothing when a reviewer marks.",
    )
    wrong_words = _text(
        "Words the source does not say",
        "One place a line, as it stands in the response. Write “none” when there is none. "
        "Leave it empty when a reviewer is to mark.",
    )
    explanation = _text(
        "Why it is right", "Needed with a known answer. Candidates read it once it is decided.", 2
    )
    rubric = _text(
        "Or: the sentence a reviewer marks by", "Such as: names the interaction and what to do.", 2
    )
    task_type: str
    type_options: Mapping[str, Any]

    def of(self, task_type: str, type_options: Mapping[str, Any]) -> "WriteForm":
        """The form of this type."""
        self.task_type, self.type_options = task_type, type_options
        shown, key = ASKED[task_type]
        for name in [field.short_name for field in self]:
            if name not in {*shown, key, *MARKED, "csrf_token"}:
                delattr(self, name)
        return self

    @property
    def asked(self) -> list[Any]:
        """The fields in the order they are drawn."""
        shown, key = ASKED[self.task_type]
        return [self[name] for name in (*shown, key, *MARKED) if name]

    def read(self) -> ItemText | None:
        """The item; None when something is missing, which is then said at its field."""
        raw: dict[str, Any] = {"payload": self._payload(), **{name: self[name].data or "" for name in MARKED}}
        gold = self._gold()
        if gold is not None:
            raw["gold"] = gold
        found = policy.read_item(raw, task_type=self.task_type, options=self.type_options)
        if not isinstance(found, Unfit):
            return found
        for place, said in found.errors.items():
            self._place(place, said)
        return None

    def _payload(self) -> dict[str, Any]:
        shown, _ = ASKED[self.task_type]
        said = {name: (self[name].data or "").strip() for name in shown}
        body: dict[str, Any] = {
            name: text for name, text in said.items() if text and not name.startswith("response_")
        }
        if "steps" in said:
            body |= {"mode": "verify", "steps": _lines(said["steps"])}
        if source := body.pop("source", ""):
            body["context"] = [{"title": "Source", "text": source}]
        if self.task_type == "response_ranking":
            body["responses"] = [{"id": one, "text": said[f"response_{one}"]} for one in self._given]
        return body

    def _gold(self) -> dict[str, Any] | None:
        _, key = ASKED[self.task_type]
        said = self[key].data if key else None
        if said is None or said == "":
            return None
        if key == "best":
            return {"pairs": [[said, other] for other in self._given if other != said]}
        return _KNOWN[key](said)

    @property
    def _given(self) -> list[str]:
        """The letters of the responses that are written."""
        return [one for one in LETTERS if (self[f"response_{one}"].data or "").strip()]

    def _place(self, place: str, said: str) -> None:
        """Say it at the field it is about; what belongs to none stands in the summary."""
        shown, key = ASKED[self.task_type]
        name = place.partition(".")[0].partition("[")[0]
        if name == "responses":
            name = f"response_{(self._given or LETTERS)[_number(place, len(self._given))]}"
        name = {"context": "source"}.get(name, name)
        if name not in {*shown, *MARKED}:
            name = key
        if name:
            self[name].errors = [*self[name].errors, said]
        else:
            self.form_errors.append(said)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _fixes(text: str) -> dict[str, Any]:
    if text.strip().lower() == CLEAN:
        return {"no_edit": True}
    pairs = [line.partition("=>") for line in _lines(text)]
    return {
        "errors": [
            {"gone": gone.strip(), "there": [there.strip()] if there.strip() else []}
            for gone, _, there in pairs
        ]
    }


def _wrong_words(text: str) -> dict[str, Any]:
    if text.strip().lower() == CLEAN:
        return {"none_found": True}
    return {"spans": _lines(text)}


_KNOWN: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "overall": lambda said: {"overall": int(said)},
    "outcome": lambda said: {"outcomes": [said]},
    "first_wrong": lambda said: {"first_error": said or None},
    "fixes": _fixes,
    "wrong_words": _wrong_words,
}


def _number(place: str, count: int) -> int:
    digits = place.partition("[")[2].partition("]")[0]
    return max(0, min(int(digits), count - 1)) if digits.isdigit() else 0
