"""How a text of `docs/learn` is read and searched; all of it pure."""

from marketplace.learn.policy.facts import known_facts
from marketplace.learn.policy.front import Miswritten
from marketplace.learn.policy.glossary import anchor_of, read_glossary
from marketplace.learn.policy.guides import read_guide
from marketplace.learn.policy.search import search

__all__ = ["Miswritten", "anchor_of", "known_facts", "read_glossary", "read_guide", "search"]
