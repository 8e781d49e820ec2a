"""A model's reply on its way: passed on piece by piece, written down in a transaction of its own at the end.

No transaction is open while the model speaks.  However it ends, whole, broken off or with the reader gone,
the reply is written down once.
"""

import re
from collections.abc import Generator
from contextlib import closing

import structlog

from marketplace.gateways.language_models.protocol import Address, LanguageModels, ModelFailed
from marketplace.kit.database import Sessions, transaction
from workspace.submissions.models import ConversationTurn, TurnState
from workspace.submissions.service.talking import Asked, keep_reply

BROKEN = "The model did not answer because of a fault of ours."
NOTHING = "The model answered with nothing."
UNSAID = "It was stopped before it said anything."
UNCLEAN = re.compile("[\0\ud800-\udfff]")
log = structlog.get_logger()


class Reply:
    """One reply under way; iterate over it once, and close it whatever happened.

    `problem` says afterwards why there is none, `turn` is what was written down.
    """

    def __init__(self, sessions: Sessions, models: LanguageModels, address: Address, asked: Asked) -> None:
        self._sessions, self._models, self._address = sessions, models, address
        self.asked = asked
        self.problem = ""
        self.turn: ConversationTurn | None = None
        self._is_kept = False

    def __iter__(self) -> Generator[str]:
        """The pieces as they come."""
        pieces: list[str] = []
        state = TurnState.STOPPED  # whoever reads may leave at any piece
        try:
            with closing(self._models.answer(self._address, self.asked.messages)) as coming:
                for piece in coming:
                    pieces.append(piece)
                    yield piece
            state = TurnState.WHOLE
        except ModelFailed as failure:
            state, self.problem = TurnState.FAILED, failure.sentence
        except GeneratorExit:
            raise
        except Exception:
            log.exception("model_reply_broken", reply=str(self.asked.reply_id))
            state, self.problem = TurnState.FAILED, BROKEN
        finally:
            self._keep("".join(pieces), state)

    def close(self) -> None:
        """Write down that nothing came, when nobody began to read."""
        self._keep("", TurnState.STOPPED)

    def _keep(self, text: str, state: TurnState) -> None:
        if self._is_kept:
            return
        self._is_kept = True
        if not text.strip() and state is not TurnState.FAILED:
            self.problem = NOTHING if state is TurnState.WHOLE else UNSAID
            state = TurnState.FAILED
        kept = "" if state is TurnState.FAILED else UNCLEAN.sub("", text)
        with transaction(self._sessions) as session:
            self.turn = keep_reply(session, self.asked.reply_id, kept, state=state, problem=self.problem)
