"""A chat model that says what a test tells it to."""

from collections.abc import Callable, Sequence

from marketplace.gateways.language_models.protocol import Address, Message, ModelFailed, Pieces, Trouble
from marketplace.kit.database import outside_transaction

SLOW = ModelFailed(Trouble.SLOW, "The model did not answer in 60 seconds.")


class PlayedModels:
    """Replies in the order they were given: pieces, with an exception where the model fails."""

    def __init__(self) -> None:
        self.replies: list[Sequence[str | Exception]] = []
        self.asked: list[tuple[Address, list[tuple[str, str]]]] = []
        self.hung_up = 0
        self.meanwhile: Callable[[], None] = lambda: None

    def answer(self, address: Address, messages: Sequence[Message]) -> Pieces:
        """The next reply; what happens `meanwhile` happens before its first piece."""
        outside_transaction()
        self.asked.append((address, [(message.role, message.text) for message in messages]))
        return self._spoken(self.replies.pop(0) if self.replies else ["Yes, ", "take two."])

    def _spoken(self, pieces: Sequence[str | Exception]) -> Pieces:
        outside_transaction()
        self.meanwhile()
        try:
            for piece in pieces:
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        except GeneratorExit:
            self.hung_up += 1
            raise
