"""What the simulated people think: seeded, so that the same seed gives the same judgements anywhere.

A judgement depends on the seed, on who judges and on the text that is judged, never on the order in which
the server hands things out.
"""

from commands.simulation.judgement.attacking import RETRIES, attack, attacked, outcomes, report
from commands.simulation.judgement.judging import flagging, labels, ranking, rating
from commands.simulation.judgement.rulings import REJECTED, Ruling, ruling
from commands.simulation.judgement.writing import editing, golden, own_steps, remarks

__all__ = [
    "REJECTED",
    "RETRIES",
    "Ruling",
    "attack",
    "attacked",
    "editing",
    "flagging",
    "golden",
    "labels",
    "outcomes",
    "own_steps",
    "ranking",
    "rating",
    "remarks",
    "report",
    "ruling",
]
