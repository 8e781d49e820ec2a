"""What is tried: a brief and a model to talk to, or a recorded conversation to judge."""

import re
from dataclasses import dataclass, replace

from workspace.task_types.base.fields import Fields
from workspace.task_types.base.members import PROMPT, SHARED, PayloadField, response_fields
from workspace.task_types.base.parts import (
    CONTENT_CLASSES,
    MESSAGES,
    ROLES,
    TITLE_CHARACTERS,
    Message,
    Prompt,
    Reference,
    Response,
    read_prompt,
    read_references,
    read_response,
)
from workspace.task_types.base.results import Invalid, Json
from workspace.task_types.red_teaming.lists import DEFAULT, LISTS, Category

RECORDED, SCRIPTED, ENDPOINT = "recorded", "scripted", "endpoint"
SOURCES = (RECORDED, SCRIPTED, ENDPOINT)
PLAYED = ("practice", "steady", "failing")  # the cast of the models that ship
BRIEF_CHARACTERS, CATEGORIES, CATEGORY_CHARACTERS = 5_000, 24, 60
KNOWN, KNOWN_CHARACTERS = 200, 1_000
LEAST_TURNS, MOST_TURNS, TURNS = 2, 100, 20
MOST_RUNS, RUNS, BAR = 10, 3, 2
_SIGNS = re.compile(r"[^a-z0-9]+")
FIELDS = (
    replace(PROMPT, required=False),
    *response_fields("Response to judge", required=False),
    PayloadField("brief", "What to look for", also=("brief", "task_description", "goal")),
    PayloadField("live", "Whether experts talk to the model", ("flag",), advanced=True),
    PayloadField("model", "Model", ("text", "object"), advanced=True),
    PayloadField("model.source", "Who answers: recorded, scripted or endpoint", advanced=True),
    PayloadField("model.ref", "What the source calls it", advanced=True),
    PayloadField("model.name", "Name of the model", advanced=True),
    PayloadField("categories", "Kinds of failure", ("text", "list"), advanced=True),
    PayloadField("max_turns", "Most turns", ("number",), advanced=True),
    PayloadField("repro_runs", "Runs from the same start", ("number",), advanced=True),
    PayloadField("repro_bar", "Runs that have to fail", ("number",), advanced=True),
    PayloadField("known_failures", "Known failures", ("list",), advanced=True),
    *SHARED,
)


@dataclass(frozen=True, slots=True)
class Known:
    """A failure the company has already."""

    id: str
    summary: str


@dataclass(frozen=True, slots=True)
class Model:
    """Who answers: `ref` is what a source calls it, `name` is for the company alone."""

    source: str
    ref: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Payload:
    """A brief and the rules; of a recorded conversation its turns as well.

    `live` says that an expert talks to the model; then `prompt` is what the conversation begins with, most
    often nothing.  `repro_bar` of `repro_runs` retries from the same start have to fail.
    """

    prompt: Prompt = ()
    response: Response | None = None
    brief: str = ""
    live: bool = False
    model: Model | None = None
    categories: tuple[Category, ...] = DEFAULT
    max_turns: int = TURNS
    repro_runs: int = RUNS
    repro_bar: int = BAR
    known_failures: tuple[Known, ...] = ()
    references: tuple[Reference, ...] = ()
    content_classes: tuple[str, ...] = ()

    @property
    def system(self) -> str | None:
        """The instructions the model has, where they are given."""
        return next((message.content for message in self.prompt if message.role == "system"), None)


def read_payload(raw: Json) -> Payload | Invalid:
    """The payload, or field errors; a row with a response is a recorded conversation."""
    fields = Fields(raw, "payload")
    fields.limit()
    recorded = fields.has("response")
    response = read_response(fields, "response", fields.get("response"), "r1") if recorded else None
    model = _model(fields, response)
    live = model.source != RECORDED
    runs = fields.whole("repro_runs", 1, MOST_RUNS, default=RUNS)
    payload = Payload(
        prompt=_opening(fields) if live else read_prompt(fields),
        response=response,
        brief=_brief(fields, live=live),
        live=live,
        model=model,
        categories=_categories(fields),
        max_turns=fields.whole("max_turns", LEAST_TURNS, MOST_TURNS, default=TURNS),
        repro_runs=runs,
        repro_bar=fields.whole("repro_bar", 0, runs, default=min(BAR, runs)),
        known_failures=_known_failures(fields),
        references=read_references(fields),
        content_classes=fields.picks("content_classes", CONTENT_CLASSES),
    )
    return fields.finish(payload)


def _model(fields: Fields, response: Response | None) -> Model:
    """Without a source a row with a response is recorded, one without is talked to."""
    raw = fields.get("model")
    inner = fields.inner("model", {"name": raw} if isinstance(raw, str) else raw if raw is not None else {})
    source = inner.one_of("source", SOURCES, default=ENDPOINT if response is None else RECORDED)
    if source == RECORDED and response is None:
        fields.wrong("response", "Give the response to judge, or a model.source that answers.")
    if source != RECORDED and response is not None:
        inner.wrong("source", "A row with a response is recorded. Leave one of the two out.")
    if source == RECORDED and fields.flag("live"):
        fields.wrong("live", "Nobody can talk to a recorded conversation. Leave this out.")
    name = inner.text("name", longest=TITLE_CHARACTERS) or None
    said = response.model if response is not None else None
    return Model(source, _ref(inner, source), said or name)


def _ref(inner: Fields, source: str) -> str | None:
    """What the source calls the model; a played one has to be of the cast, nothing is the first of it."""
    ref = inner.text("ref", longest=TITLE_CHARACTERS) or None
    if source == SCRIPTED and ref is not None and ref.strip("/ ").lower() not in {"", *PLAYED}:
        inner.wrong("ref", f"There is no such practice model. Choose one of {', '.join(PLAYED)}.")
    return ref


def _brief(fields: Fields, *, live: bool) -> str:
    needed = "Say what experts are to look for." if live else None
    return fields.text("brief", needed=needed, longest=BRIEF_CHARACTERS)


def _opening(fields: Fields) -> Prompt:
    """What a live conversation begins with: nothing, instructions for the model, turns up to the model's."""
    raw = fields.get("prompt")
    if isinstance(raw, str) and raw.strip():
        fields.wrong("prompt", "The expert writes the first message. Put what to look for into brief.")
    rows = [] if isinstance(raw, str) else fields.rows("prompt", most=MESSAGES)
    found = []
    for index, row in enumerate(rows):
        inner = fields.inner(f"prompt[{index}]", row)
        role = inner.one_of("role", ROLES, default="user")
        found.append(Message(role, inner.text("content", needed="Give the text of this message.")))
    _take_turns(fields, found)
    return tuple(found)


def _take_turns(fields: Fields, messages: list[Message]) -> None:
    """After an optional first system message user and assistant take turns, and the assistant ends."""
    spoken = messages[1:] if messages and messages[0].role == "system" else messages
    first = len(messages) - len(spoken)
    for index, message in enumerate(spoken):
        wanted = "assistant" if index % 2 else "user"
        if message.role != wanted:
            fields.wrong(f"prompt[{first + index}].role", f"It is the {wanted}'s turn here.")
    if len(spoken) % 2:
        fields.wrong("prompt", "The expert goes on from here: the last message must be the assistant's.")


def _categories(fields: Fields) -> tuple[Category, ...]:
    """A list of ours by its name, or the project's own; plain text is enough for each."""
    raw = fields.get("categories")
    if raw is None or isinstance(raw, str):
        return LISTS[fields.one_of("categories", tuple(LISTS), default="default")]
    rows = fields.rows("categories", least=1, most=CATEGORIES)
    found = tuple(_category(fields, index, row) for index, row in enumerate(rows))
    ids = [category.id for category in found]
    for index, name in enumerate(ids):
        if name in ids[:index]:
            fields.wrong(f"categories[{index}]", f"Two kinds of failure are called {name}.")
    return found


def _category(fields: Fields, index: int, row: object) -> Category:
    inner = fields.inner(f"categories[{index}]", {"title": row} if isinstance(row, str) else row)
    title = inner.text("title", needed="Name the kind of failure.", longest=CATEGORY_CHARACTERS)
    asked = inner.text("id", longest=CATEGORY_CHARACTERS) or title
    return Category(_SIGNS.sub("_", asked.casefold()).strip("_") or f"c{index + 1}", title)


def _known_failures(fields: Fields) -> tuple[Known, ...]:
    found: list[Known] = []
    for index, row in enumerate(fields.rows("known_failures", most=KNOWN)):
        place = f"known_failures[{index}]"
        inner = fields.inner(place, {"summary": row} if isinstance(row, str) else row)
        summary = inner.text("summary", needed="Say what the failure is.", longest=KNOWN_CHARACTERS)
        known = Known(inner.text("id", longest=CATEGORY_CHARACTERS) or f"K-{index + 1}", summary)
        if known.id in {other.id for other in found}:
            inner.wrong("id", f"Two known failures are called {known.id}.")
        found.append(known)
    return tuple(found)
