"""How each type is done by the keyboard alone, from the opened task to an answer that is good.

A type has one way at least; `chain_of_thought` has two, for it is two kinds of work.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.browser.hands import Hands


@dataclass(frozen=True, slots=True)
class Way:
    """`play` fills the page in; `stored` is what the server must have then, a part of the answer.

    `text` names a text area; `structure` does something that is no text, by keys, and `kept` says whether the page
    shows it (an expression for the page).  `payload` changes the example's task.
    """

    slug: str
    play: Callable[[Hands], None]
    stored: Mapping[str, Any]
    text: str
    structure: Callable[[Hands], None]
    kept: str
    name: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The name of the test."""
        return self.name or self.slug
