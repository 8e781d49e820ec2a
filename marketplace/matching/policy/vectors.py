"""Similarity of spelling: runs of three to five characters inside words, weighted by rarity.  Pure.

A model is two plain arrays, saved as .npz without pickling, so that reading one can run no code.
"""

import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Matrix = Any  # scipy.sparse.csr_matrix, which has no types of its own
_SHORTEST, _LONGEST = 3, 5
_PAIR = 8  # bytes of one column number and its weight


@dataclass(frozen=True, slots=True)
class Spelling:
    """A fitted model of this number; `vectorizer` is scikit-learn's."""

    number: int
    vectorizer: Any

    @property
    def width(self) -> int:
        """How many runs of characters it knows."""
        return len(self.vectorizer.vocabulary_)

    def matrix(self, texts: Sequence[str]) -> Matrix:
        """One row of unit length for each text; a text without a known run is a row of zeros."""
        return self.vectorizer.transform(texts).astype(np.float32)


def fit(number: int, texts: Sequence[str]) -> Spelling:
    """Count which runs there are in these texts and how rare each is; ValueError when there are none."""
    vectorizer = _vectorizer()
    vectorizer.fit(texts)
    return Spelling(number, vectorizer)


def save(model: Spelling) -> bytes:
    """The model as bytes: its runs in the order of their columns, and their weights."""
    runs = sorted(model.vectorizer.vocabulary_, key=model.vectorizer.vocabulary_.__getitem__)
    joined = np.frombuffer("\0".join(runs).encode(), dtype=np.uint8)
    file = io.BytesIO()
    np.savez_compressed(file, runs=joined, idf=model.vectorizer.idf_.astype(np.float32))
    return file.getvalue()


def load(number: int, content: bytes) -> Spelling:
    """Read what `save` wrote; ValueError when it is anything else."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            runs, idf = file["runs"].tobytes().decode().split("\0"), file["idf"]
    except (OSError, EOFError, KeyError, ValueError, zlib.error, zipfile.BadZipFile) as error:
        raise ValueError("not a text model of ours") from error
    if idf.ndim != 1 or len(runs) != len(idf) or len(set(runs)) != len(runs):
        raise ValueError("not a text model of ours")
    vectorizer = _vectorizer(vocabulary={run: column for column, run in enumerate(runs)})
    vectorizer.idf_ = idf.astype(np.float64)
    return Spelling(number, vectorizer)


def pack(row: Matrix) -> bytes:
    """One row of a matrix as bytes: its column numbers, then their weights."""
    columns, weights = row.indices.astype("<u4"), row.data.astype("<f4")
    return bytes(columns.tobytes() + weights.tobytes())


def stack(rows: Sequence[bytes], width: int) -> Matrix:
    """Packed rows as one matrix; what does not fit the width (another model's) is a row of zeros."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415 - scipy is slow to load and few processes need it

    columns, weights, ends = [], [], [0]
    for row in rows:
        half = len(row) // _PAIR * 4
        found = np.frombuffer(row[:half], dtype="<u4")
        fits = len(row) % _PAIR == 0 and (not len(found) or int(found.max()) < width)
        columns.append(found if fits else found[:0])
        weights.append(np.frombuffer(row[half : 2 * half], dtype="<f4") if fits else np.zeros(0, "<f4"))
        ends.append(ends[-1] + len(columns[-1]))
    parts = (np.concatenate([*weights, np.zeros(0, "<f4")]), np.concatenate([*columns, np.zeros(0, "<u4")]))
    return csr_matrix((parts[0], parts[1].astype(np.int32), np.array(ends)), shape=(len(rows), width))


def cosines(known: Matrix, asked: Matrix) -> npt.NDArray[np.float32]:
    """Similarity from 0 to 1 of every known row (down) with every asked one (across)."""
    found: npt.NDArray[np.float32] = (known @ asked.T).toarray()
    return np.clip(found, 0.0, 1.0)


def _vectorizer(**known: Any) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - slow to load, few need it

    return TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(_SHORTEST, _LONGEST),
        sublinear_tf=True,
        strip_accents="unicode",
        dtype=np.float64,
        **known,
    )
