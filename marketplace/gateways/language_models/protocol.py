"""What the product asks of a chat model: an answer, piece by piece."""

import enum
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

SCRIPTED = "scripted:"  # an address that begins so is answered by the double that ships


Pieces = Generator[str, None, None]  # an answer as it comes; `close()` hangs up


class Trouble(enum.Enum):
    """Why a model gave no answer."""

    FORBIDDEN = "forbidden"  # the address is not one we call: private, without https, with a strange port
    UNREACHABLE = "unreachable"
    REFUSED = "refused"  # the model's service said no: wrong key, unknown model, too many requests
    SLOW = "slow"
    BUSY = "busy"  # as many conversations are going on as may
    TOO_LONG = "too_long"
    BROKEN = "broken"  # what came back is not the protocol


class ModelFailed(Exception):
    """No whole answer came; `sentence` is for the person who waited and names no address and no key."""

    def __init__(self, trouble: Trouble, sentence: str) -> None:
        super().__init__(sentence)
        self.trouble = trouble
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Address:
    """Where a model answers: the base of an OpenAI-compatible service, the model's name there, the key."""

    url: str
    model: str
    key: str = field(default="", repr=False)


class LanguageModels(Protocol):
    """The door to chat models."""

    def answer(self, address: Address, messages: Sequence[Message]) -> Pieces:
        """The model's reply, in pieces as they come; closing the iterator hangs up.

        ModelFailed at the first piece or at any later one: what came before it is no whole answer.
        """
        ...

    def problem(self, url: str) -> str | None:
        """Why this address is never called, as a sentence for its field; None when it may be.

        Looks at the text alone: where a name leads is asked when it is called.
        """
        ...
