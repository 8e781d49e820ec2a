"""One door to every chat model: addresses that begin with `scripted:` are played, all others called."""

from collections.abc import Sequence

from marketplace.gateways.language_models.protocol import SCRIPTED, Address, LanguageModels, Message, Pieces


class ModelSwitch:
    """Sends each conversation to the double or to the real door."""

    def __init__(self, *, scripted: LanguageModels, called: LanguageModels) -> None:
        self._scripted = scripted
        self._called = called

    def answer(self, address: Address, messages: Sequence[Message]) -> Pieces:
        """The reply, piece by piece, from whoever stands behind the address."""
        return self._behind(address.url).answer(address, messages)

    def problem(self, url: str) -> str | None:
        """Why this address is never called; None when it may be."""
        return self._behind(url).problem(url)

    def _behind(self, url: str) -> LanguageModels:
        return self._scripted if url.strip().lower().startswith(SCRIPTED) else self._called
