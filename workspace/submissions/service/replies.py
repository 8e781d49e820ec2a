"""A model's reply on its way: passed on piece by piece, written down in a transaction of its own at the end.

No transaction is open while the model speaks.  However it ends, whole, broken off or with the reader gone,
the reply is written down once.  While it is waited for, a thread says so every few seconds: when the
process is killed, nobody waits long for what will never come.
"""

import re
import threading
import uuid
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager

import structlog

from marketplace.gateways.language_models.protocol import Address, LanguageModels, ModelFailed
from marketplace.kit import clock
from marketplace.kit.database import Sessions, transaction
from workspace.submissions.models import ConversationTurn, TurnState
from workspace.submissions.policy import LOST
from workspace.submissions.queries import conversations
from workspace.submissions.service.talking import Asked, keep_reply

BROKEN = "The model did not answer because of a fault of ours."
NOTHING = "The model answered with nothing."
UNSAID = "It was stopped before it said anything."
UNCLEAN = re.compile("[\0\ud800-\udfff]")
PULSE_SECONDS = 15.0  # a few of them may fail before the reply counts as lost
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
            with (
                _pulse(self._sessions, self.asked.reply_id),
                closing(self._models.answer(self._address, self.asked.messages)) as coming,
            ):
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


@contextmanager
def _pulse(sessions: Sessions, reply_id: uuid.UUID) -> Iterator[None]:
    """Say every few seconds that this reply is waited for."""
    over = threading.Event()
    beating = threading.Thread(target=_beat, args=(sessions, reply_id, over), daemon=True)
    beating.start()
    try:
        yield
    finally:
        over.set()


def _beat(sessions: Sessions, reply_id: uuid.UUID, over: threading.Event) -> None:
    """A beat that fails is left out; they end when no reply can come any more."""
    for _ in range(int(LOST.total_seconds() / PULSE_SECONDS)):
        if over.wait(PULSE_SECONDS):
            return
        try:
            with transaction(sessions) as session:
                conversations.say_alive(session, reply_id, clock.database_now(session))
        except Exception:
            log.warning("reply_pulse_missed", reply=str(reply_id), exc_info=True)
