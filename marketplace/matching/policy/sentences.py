"""Vectors of whole sentences: the forward pass of a small BERT in numpy.  Pure.

Word, position and type embeddings; layers of attention and feed-forward with exact GELU, each after its
layer norm; the mean over what is no padding, of unit length.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
TITLE, NAMES, WHOLE = 3, 2, 1  # what each part of a document weighs in its vector
_HIDDEN = np.float32(-1e9)  # added before the softmax to what is padding


@dataclass(frozen=True, slots=True)
class Encoder:
    """Weights by their names in the file, and what the file's config says of its shape."""

    weights: Mapping[str, Array]
    layers: int
    heads: int
    epsilon: float

    def vectors(self, numbers: Numbers, mask: Array) -> Array:
        """One row of unit length for each row of word numbers; `mask` is 1 for a word, 0 for padding."""
        state = self._embedded(numbers)
        hidden = (1 - mask)[:, None, None, :] * _HIDDEN
        for layer in range(self.layers):
            state = self._layer(f"encoder.layer.{layer}", state, hidden)
        means = (state * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return _same(means / np.linalg.norm(means, axis=1, keepdims=True))

    def _embedded(self, numbers: Numbers) -> Array:
        words = self.weights["embeddings.word_embeddings.weight"][numbers]
        places = self.weights["embeddings.position_embeddings.weight"][: numbers.shape[1]]
        kind = self.weights["embeddings.token_type_embeddings.weight"][0]
        return self._norm("embeddings.LayerNorm", words + places + kind)

    def _layer(self, name: str, state: Array, hidden: Array) -> Array:
        found = self._linear(f"{name}.attention.output.dense", self._attention(name, state, hidden))
        state = self._norm(f"{name}.attention.output.LayerNorm", state + found)
        found = self._linear(f"{name}.output.dense", gelu(self._linear(f"{name}.intermediate.dense", state)))
        return self._norm(f"{name}.output.LayerNorm", state + found)

    def _attention(self, name: str, state: Array, hidden: Array) -> Array:
        texts, words, width = state.shape
        query, key, value = (
            self._linear(f"{name}.attention.self.{part}", state)
            .reshape(texts, words, self.heads, -1)
            .transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(width // self.heads)) + hidden
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares /= shares.sum(axis=-1, keepdims=True)
        return _same((shares @ value).transpose(0, 2, 1, 3).reshape(texts, words, width))

    def _linear(self, name: str, state: Array) -> Array:
        return _same(state @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"])

    def _norm(self, name: str, state: Array) -> Array:
        apart = state - state.mean(axis=-1, keepdims=True)
        spread = np.sqrt((apart**2).mean(axis=-1, keepdims=True) + np.float32(self.epsilon))
        return _same(apart / spread * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"])


def gelu(state: Array) -> Array:
    """The exact one, by the error function and not by tanh."""
    from scipy.special import erf  # noqa: PLC0415 - scipy is slow to load and few processes need it

    return _same(state * np.float32(0.5) * (1 + erf(state / np.float32(np.sqrt(2)))))


def document(title: Array, names: Array, whole: Array) -> Array:
    """One vector of a document: of its title, the middle of its names (a row for each), and all it says.

    The title weighs most, because a long text is about many things and a name about one.
    """
    middle = names.mean(axis=0)
    return _unit(TITLE * title + NAMES * _unit(middle) + WHOLE * whole)


def pack(vector: Array) -> bytes:
    """A vector as float32 bytes, the lowest first."""
    return vector.astype("<f4").tobytes()


def stack(rows: list[bytes]) -> Array:
    """Packed vectors of one width as a matrix."""
    return _same(np.frombuffer(b"".join(rows), dtype="<f4").reshape(len(rows), -1))


def cosines(known: Array, asked: Array) -> Array:
    """Similarity of every known row (down) with every asked one (across), 0 where they point apart."""
    return _same(np.clip(known @ asked.T, 0.0, 1.0))


def _unit(vector: Array) -> Array:
    return _same(vector / np.maximum(np.linalg.norm(vector), np.float32(1e-12)))


def _same(state: npt.NDArray[np.floating]) -> Array:
    return state.astype(np.float32, copy=False)
