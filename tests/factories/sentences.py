"""A made-up sentence model: random weights with a fixed seed, and one that reads topics instead of words."""

from collections.abc import Sequence

import numpy as np

from marketplace.matching.policy.sentences import Array, Encoder
from marketplace.matching.service import SentenceModel

WIDTH, WIDER, WORDS, PLACES, LAYERS, HEADS = 12, 20, 30, 16, 2, 3


def make_encoder(seed: int = 7) -> Encoder:
    """Two layers of three heads."""
    dice = np.random.default_rng(seed)
    weights: dict[str, Array] = {}

    def matrix(name: str, *shape: int) -> None:
        weights[name] = dice.normal(0.0, 0.5, shape).astype(np.float32)

    for name, count in (("word", WORDS), ("position", PLACES), ("token_type", 2)):
        matrix(f"embeddings.{name}_embeddings.weight", count, WIDTH)
    norms = ["embeddings.LayerNorm"]
    linear: list[tuple[str, int, int]] = []
    for layer in range(LAYERS):
        start = f"encoder.layer.{layer}"
        linear += [(f"{start}.attention.self.{part}", WIDTH, WIDTH) for part in ("query", "key", "value")]
        linear.append((f"{start}.attention.output.dense", WIDTH, WIDTH))
        linear += [(f"{start}.intermediate.dense", WIDER, WIDTH), (f"{start}.output.dense", WIDTH, WIDER)]
        norms += [f"{start}.attention.output.LayerNorm", f"{start}.output.LayerNorm"]
    for name, out, into in [*linear, *((norm, WIDTH, 0) for norm in norms)]:
        matrix(f"{name}.weight", *(size for size in (out, into) if size))
        matrix(f"{name}.bias", out)
    return Encoder(weights, layers=LAYERS, heads=HEADS, epsilon=1e-12)


class PlayedModel(SentenceModel):
    """Knows which of its topics a text speaks of; counts what it has read."""

    def __init__(self, *topics: Sequence[str], on: bool = True) -> None:
        super().__init__("played", sha256="0" * 64)
        self.topics, self.on, self.read = topics, on, 0  # texts, not documents

    @property
    def is_on(self) -> bool:
        return self.on

    def vectors(self, texts: Sequence[str]) -> Array:
        self.read += len(texts)
        found = np.full((len(texts), len(self.topics) + 1), 0.01, dtype=np.float32)
        for row, text in enumerate(texts):
            for place, words in enumerate(self.topics):
                found[row, place] += any(word in text.casefold() for word in words)
        found[:, -1] += found[:, :-1].max(axis=1) < 1
        return found / np.linalg.norm(found, axis=1, keepdims=True)
