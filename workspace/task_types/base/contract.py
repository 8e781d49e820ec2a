"""What every task type can do.  Pure: the same input gives the same output, nothing is read or sent."""

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from workspace.task_types.base.cautions import SENTENCES
from workspace.task_types.base.members import PayloadField
from workspace.task_types.base.results import Checked, Conversation, Invalid, Json, Kind, Line, Opinion
from workspace.task_types.base.words import count_words

P = TypeVar("P")
A = TypeVar("A")
OPINIONS: Mapping[Kind, int] = {"writing": 1, "judging": 3}
WORDS_A_MINUTE = 200
Form = Mapping[str, Sequence[str]]


class TaskType(ABC, Generic[P, A]):
    """One kind of work: P is its payload (what is judged or asked), A its answer."""

    slug: ClassVar[str]
    title: ClassVar[str]
    about: ClassVar[str]
    version: ClassVar[int] = 1
    base_minutes: ClassVar[float] = 0.0
    """The time a task takes beside reading it."""
    threshold: ClassVar[float | None] = None
    """Mean agreement of a task under this asks for one more opinion; None never asks."""
    payload_fields: ClassVar[tuple[PayloadField, ...]]
    """What a row of a file can say, in the order people are asked for columns."""
    presets: ClassVar[tuple[str, ...]] = ()
    """Payload fields a project may set for all its tasks."""
    sensitive: ClassVar[bool] = False
    """Whether its files hold what may harm or upset who reads them; exports say so."""
    warnings: ClassVar[Mapping[str, str]] = SENTENCES
    """The sentence of every warning code of this type."""

    @property
    def folder(self) -> str:
        """Where its templates are, below `templates/workspace/task_types/`."""
        return self.slug

    @abstractmethod
    def kind(self, payload: P) -> Kind:
        """Writing (one opinion) or judging (three)."""

    @abstractmethod
    def read_payload(self, raw: Json) -> P | Invalid:
        """The payload, or field errors with their places; fields the type does not know are ignored."""

    @abstractmethod
    def read_answer(self, payload: P, raw: Json) -> Checked[A] | Invalid:
        """The answer and its warnings, or field errors.

        Give the payload as the expert saw it (`blind`): sentences use its letters, warnings its order.
        """

    @abstractmethod
    def from_form(self, form: Form) -> Json:
        """The raw answer behind a plain HTML form; wrong values are left for `read_answer`."""

    @abstractmethod
    def agreement(self, payload: P, one: A, other: A) -> float:
        """0 to 1, symmetric; 1 for an answer with itself."""

    @abstractmethod
    def texts(self, payload: P) -> Iterable[str]:
        """Everything an expert has to read before answering."""

    @abstractmethod
    def blind(self, payload: P, display_seed: int) -> P:
        """What the expert may see: no model names, shuffled by the seed."""

    @abstractmethod
    def export(self, payload: P, answer: A) -> Iterable[Line]:
        """The lines of one opinion; give the whole payload, not the blind one."""

    @abstractmethod
    def example(self) -> tuple[Json, Json]:
        """One raw payload and one good raw answer: preview, tests and demo data use it."""

    @abstractmethod
    def summary(self, payload: P) -> str:
        """One line for lists."""

    @abstractmethod
    def group_id(self, payload: P) -> str:
        """The same for all tasks with the same prompt, so that a split never separates them."""

    @abstractmethod
    def screen(self, payload: P, raw: Json) -> Any:
        """What the templates draw: the payload with whatever is usable of an answer or a draft."""

    def word_count(self, payload: P) -> int:
        """Words an expert has to read."""
        return sum(count_words(text) for text in self.texts(payload))

    def minutes(self, payload: P) -> float:
        """The first estimate: reading and the rest; real work replaces it."""
        return self.base_minutes + self.word_count(payload) / WORDS_A_MINUTE

    def aggregate(
        self, payload: P, answers: Sequence[A], weights: Sequence[float] | None = None
    ) -> Iterable[Line]:
        """The lines of several opinions together; a type without a rule of its own gives each opinion's."""
        for source, answer in enumerate(answers):
            for line in self.export(payload, answer):
                yield dataclasses.replace(line, source=source)

    def signed(self, line: Line, opinion: Opinion) -> Json:
        """The body of an opinion's line with what its format says of the opinion; most say nothing."""
        return line.body

    def conversation(self, payload: P) -> Conversation | None:
        """The model an expert talks to while working, None in most types; give the whole payload."""
        return None

    def with_turns(self, payload: P, raw: Json, turns: Sequence[Json]) -> Json:
        """The raw answer with the turns the server kept in place of any it has itself."""
        return raw

    def read_gold(self, payload: P, raw: Json) -> Json | Invalid:
        """What is known to be right, checked; types no machine can mark refuse it."""
        return Invalid({"gold": "No machine can mark this type. Leave the known answer out."})

    def score_against_gold(self, payload: P, gold: Json, answer: A) -> float | None:
        """0 to 1, or None where no machine can say."""
        return None

    def upgrade(self, raw: Json, from_version: int) -> Json:
        """An answer stored by an older version, in today's shape."""
        return raw

    def opinions(self, payload: P) -> int:
        """How many experts work on one task, before any disagreement."""
        return OPINIONS[self.kind(payload)]

    def preset(self, raw: Json, given: Json) -> Json:
        """The raw payload with a project's settings where it has none of its own."""
        return {**{name: value for name, value in given.items() if name in self.presets}, **raw}

    def store_payload(self, payload: P) -> dict[str, Any]:
        """The payload as JSON to keep; fields without a value are left out."""
        kept: dict[str, Any] = _plain(payload, drop_none=True)
        return kept

    def store_answer(self, answer: A) -> dict[str, Any]:
        """The answer as JSON to keep; reading it gives the same answer."""
        kept: dict[str, Any] = _plain(answer, drop_none=False)
        return kept


def _plain(thing: Any, *, drop_none: bool) -> Any:
    if dataclasses.is_dataclass(thing):
        pairs = ((field.name, getattr(thing, field.name)) for field in dataclasses.fields(thing))
        return {
            name: _plain(value, drop_none=drop_none)
            for name, value in pairs
            if not (drop_none and value is None)
        }
    if isinstance(thing, Mapping):
        return {name: _plain(value, drop_none=drop_none) for name, value in thing.items()}
    if isinstance(thing, tuple | list):
        return [_plain(value, drop_none=drop_none) for value in thing]
    return thing
