"""Every way there is, by type."""

from tests.browser.ways import (
    chain_of_thought,
    golden_response,
    hallucination_flagging,
    rating,
    red_teaming,
    response_editing,
    response_ranking,
)

WAYS = (
    response_ranking.WAY,
    response_editing.WAY,
    golden_response.WAY,
    chain_of_thought.VERIFY,
    chain_of_thought.WRITE,
    rating.WAY,
    hallucination_flagging.WAY,
    red_teaming.WAY,
    red_teaming.LIVE,
)
