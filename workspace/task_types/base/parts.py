"""What payloads of every type are made of: messages, responses, references."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from workspace.task_types.base.fields import Fields
from workspace.task_types.base.words import fold

ROLES = ("system", "user", "assistant")
CONTENT_CLASSES = ("violence", "self_harm", "sexual", "hate", "abuse", "medical_graphic")
MESSAGES, REFERENCES = 40, 20
TITLE_CHARACTERS, URL_CHARACTERS = 300, 2_000
_ID = re.compile(r"[a-z0-9_]{1,16}")
_LINK = re.compile(r"https?://[^\s/]+(?:/\S*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Response:
    """A model's answer; `model` is None once it is hidden."""

    id: str
    text: str
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """Something to look things up in: a text, or a link of which nothing is loaded."""

    title: str
    text: str | None = None
    url: str | None = None


Prompt = tuple[Message, ...]


def read_prompt(fields: Fields) -> Prompt:
    """The conversation up to the question: 1 to 40 messages that take turns, the last one the user's."""
    raw = fields.get("prompt")
    if isinstance(raw, str):
        return (Message("user", fields.text("prompt", needed="Give the prompt.")),)
    if not fields.has("prompt"):
        fields.wrong("prompt", "Give the prompt.")
        return ()
    rows = fields.rows("prompt", least=1, most=MESSAGES)
    prompt = tuple(_message(fields.inner(f"prompt[{index}]", row)) for index, row in enumerate(rows))
    _take_turns(fields, prompt)
    return prompt


def _message(fields: Fields) -> Message:
    if not fields.has("role"):
        fields.wrong("role", f"Choose one of: {', '.join(ROLES)}.")
    return Message(
        fields.one_of("role", ROLES, default="user"),
        fields.text("content", needed="Give the text of this message."),
    )


def _take_turns(fields: Fields, prompt: Prompt) -> None:
    if prompt and prompt[-1].role != "user":
        fields.wrong("prompt", "The last message must be the user's.")
    for index, message in enumerate(prompt[1:], 1):
        if message.role == "system":
            fields.wrong(f"prompt[{index}].role", "A system message can only be the first.")
        elif message.role == prompt[index - 1].role:
            fields.wrong(f"prompt[{index}].role", f"Two {message.role} messages in a row. Join them.")


def read_response(fields: Fields, name: str, raw: object, otherwise: str) -> Response:
    """One response; plain text is enough, and `otherwise` is its id when it has none."""
    if isinstance(raw, str):
        return Response(otherwise, fields.clean(name, raw))
    inner = fields.inner(name, raw)
    if not inner.has("text"):
        inner.wrong("text", "Give the text of the response; it may be empty.")
    chosen = inner.text("id", longest=16) or otherwise
    if not _ID.fullmatch(chosen):
        inner.wrong("id", "Use 1 to 16 small letters, digits or _.")
    model = inner.text("model", longest=TITLE_CHARACTERS) or None
    return Response(chosen, inner.text("text"), model)


def read_one_response(fields: Fields, missing: str) -> Response:
    """The response of a task that has just one; `missing` is the sentence when there is none."""
    if fields.has("response"):
        return read_response(fields, "response", fields.get("response"), "r1")
    fields.wrong("response", missing)
    return Response("r1", "")


def read_responses(fields: Fields, *, least: int, most: int) -> tuple[Response, ...]:
    """Responses with different ids; without an id they are r1, r2 and so on in their order."""
    rows = fields.rows("responses", least=least, most=most)
    found = tuple(
        read_response(fields, f"responses[{index}]", row, f"r{index + 1}") for index, row in enumerate(rows)
    )
    ids = [response.id for response in found]
    for index, name in enumerate(ids):
        if name in ids[:index]:
            fields.wrong(f"responses[{index}].id", f"Two responses are called {name}.")
    return found


def read_references(fields: Fields) -> tuple[Reference, ...]:
    """0 to 20 texts or links."""
    rows = fields.rows("references", most=REFERENCES)
    return tuple(_reference(fields.inner(f"references[{index}]", row)) for index, row in enumerate(rows))


def _reference(fields: Fields) -> Reference:
    title = fields.text("title", needed="Give the reference a title.", longest=TITLE_CHARACTERS)
    text, url = fields.text("text") or None, fields.text("url", longest=URL_CHARACTERS) or None
    if (text is None) == (url is None):
        fields.wrong("text", "Give either a text or a url.")
    if url is not None and not is_link(url):
        fields.wrong("url", "Give an address that starts with https:// or http://.")
    return Reference(title, text, url)


def is_link(url: str) -> bool:
    """Whether this may become a link: a web address without white space, never a script."""
    return bool(_LINK.fullmatch(url))


def hidden(response: Response) -> Response:
    """The response without its model."""
    return replace(response, model=None)


def shuffled(responses: Sequence[Response], display_seed: int) -> tuple[Response, ...]:
    """An order that depends on the seed alone, in every version of Python."""
    return tuple(
        sorted(responses, key=lambda response: sha256(f"{display_seed}:{response.id}".encode()).digest())
    )


def group_of(prompt: Prompt) -> str:
    """The same for all tasks with the same folded prompt text."""
    text = "\n".join(fold(message.content) for message in prompt)
    return "g_" + sha256(text.encode()).hexdigest()[:16]


def letter(position: int) -> str:
    """A for the first response that is shown, B for the second."""
    return chr(ord("A") + position)
