"""The sentence model: its forward pass against one written plainly, and every way in which it stays off."""

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.policy import sentences
from marketplace.matching.policy.sentences import Encoder
from marketplace.matching.service import SentenceModel
from marketplace.matching.service.sentence_model import Unusable
from tests.factories.sentences import HEADS, LAYERS, PLACES, WIDTH, WORDS, make_encoder

Vector = list[float]
ENCODER = make_encoder()


def linear(encoder: Encoder, name: str, vector: Vector) -> Vector:
    weight, bias = encoder.weights[f"{name}.weight"], encoder.weights[f"{name}.bias"]
    return [
        sum(float(w) * x for w, x in zip(row, vector, strict=True)) + float(b)
        for row, b in zip(weight, bias, strict=True)
    ]


def norm(encoder: Encoder, name: str, vector: Vector) -> Vector:
    mean = sum(vector) / len(vector)
    spread = math.sqrt(sum((x - mean) ** 2 for x in vector) / len(vector) + encoder.epsilon)
    weight, bias = encoder.weights[f"{name}.weight"], encoder.weights[f"{name}.bias"]
    return [(x - mean) / spread * float(w) + float(b) for x, w, b in zip(vector, weight, bias, strict=True)]


def added(one: Vector, other: Vector) -> Vector:
    return [x + y for x, y in zip(one, other, strict=True)]


def attention(encoder: Encoder, name: str, states: list[Vector]) -> list[Vector]:
    query, key, value = (
        [linear(encoder, f"{name}.attention.self.{part}", state) for state in states]
        for part in ("query", "key", "value")
    )
    size = WIDTH // HEADS
    out: list[Vector] = []
    for place in range(len(states)):
        joined: Vector = []
        for head in range(HEADS):
            part = slice(head * size, (head + 1) * size)
            scores = [
                sum(a * b for a, b in zip(query[place][part], other[part], strict=True)) / math.sqrt(size)
                for other in key
            ]
            top = max(scores)
            shares = [math.exp(score - top) for score in scores]
            joined += [
                sum(share * other[part][column] for share, other in zip(shares, value, strict=True))
                / sum(shares)
                for column in range(size)
            ]
        out.append(joined)
    return out


def plainly(encoder: Encoder, words: Sequence[int]) -> Vector:
    """One text at a time, word by word, head by head, without padding."""
    table = encoder.weights
    states = [
        norm(
            encoder,
            "embeddings.LayerNorm",
            [
                float(x)
                for x in table["embeddings.word_embeddings.weight"][word]
                + table["embeddings.position_embeddings.weight"][place]
                + table["embeddings.token_type_embeddings.weight"][0]
            ],
        )
        for place, word in enumerate(words)
    ]
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        mixed = [
            linear(encoder, f"{name}.attention.output.dense", one) for one in attention(encoder, name, states)
        ]
        states = [
            norm(encoder, f"{name}.attention.output.LayerNorm", added(state, one))
            for state, one in zip(states, mixed, strict=True)
        ]
        wider = [linear(encoder, f"{name}.intermediate.dense", state) for state in states]
        bent = [[x * 0.5 * (1 + math.erf(x / math.sqrt(2))) for x in one] for one in wider]
        states = [
            norm(
                encoder,
                f"{name}.output.LayerNorm",
                added(state, linear(encoder, f"{name}.output.dense", one)),
            )
            for state, one in zip(states, bent, strict=True)
        ]
    mean = [sum(column) / len(states) for column in zip(*states, strict=True)]
    length = math.sqrt(sum(x * x for x in mean))
    return [x / length for x in mean]


texts = st.lists(st.lists(st.integers(0, WORDS - 1), min_size=1, max_size=PLACES), min_size=1, max_size=4)


@settings(deadline=None)
@given(texts)
def test_the_forward_pass_says_what_a_plain_one_says(rows: list[list[int]]) -> None:
    longest = max(map(len, rows))
    numbers = np.array([row + [0] * (longest - len(row)) for row in rows], dtype=np.int64)
    mask = np.array([[1] * len(row) + [0] * (longest - len(row)) for row in rows], dtype=np.float32)
    found = ENCODER.vectors(numbers, mask)
    assert found.dtype == np.float32
    for row, words in zip(found, rows, strict=True):
        assert row.tolist() == pytest.approx(plainly(ENCODER, words), abs=2e-5)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(len(rows)), abs=1e-5)


def test_packed_vectors_are_what_they_were() -> None:
    found = ENCODER.vectors(np.array([[1, 2], [3, 4]]), np.ones((2, 2), dtype=np.float32))
    rows = [sentences.pack(row) for row in found]
    assert {len(row) for row in rows} == {WIDTH * 4}
    assert (sentences.stack(rows) == found).all()
    cosines = sentences.cosines(found, found)
    assert ((cosines >= 0) & (cosines <= 1)).all()
    assert cosines.diagonal() == pytest.approx([1, 1], abs=1e-5)


def test_a_document_is_most_of_all_its_title() -> None:
    one, other, third = (row.astype(np.float32) for row in np.eye(3))
    found = sentences.document(one, np.stack([one, other]), third)
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-6)
    assert found[0] > found[1] > found[2] > 0
    assert sentences.document(one, np.stack([one]), one) == pytest.approx(one, abs=1e-6)
    assert np.isfinite(sentences.document(one, np.stack([one, -one]), one)).all()


def test_without_the_setting_it_is_off_and_says_nothing() -> None:
    with structlog.testing.capture_logs() as lines:
        model = SentenceModel("")
        assert not model.is_on
        assert not model.is_wanted
    assert lines == []
    with pytest.raises(Unusable, match="SENTENCE_MODEL is not set"):
        model.vectors(["heart"])


def folder(tmp_path: Path, **files: bytes) -> str:
    for name, content in files.items():
        (tmp_path / name.replace("__", ".")).write_bytes(content)
    return str(tmp_path)


WEIGHTS, CONFIG = b"weights of another model", b'{"num_hidden_layers": 6}'


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({}, "cannot be read"),
        ({"model__safetensors": WEIGHTS}, "cannot be read"),
        ({"model__safetensors": WEIGHTS, "config__json": b"{"}, "cannot be read"),
        ({"model__safetensors": WEIGHTS, "config__json": CONFIG}, "not the file we know"),
    ],
)
def test_anything_wrong_leaves_it_off_with_one_line(
    tmp_path: Path, files: dict[str, bytes], why: str
) -> None:
    model = SentenceModel(folder(tmp_path, **files))
    with structlog.testing.capture_logs() as lines:
        assert not model.is_on
        assert not model.is_on
    assert [line["event"] for line in lines] == ["sentence_model_off"]
    assert why in lines[0]["reason"]
    assert why in model.why_off


def test_the_hash_is_of_the_weights(tmp_path: Path) -> None:
    """With the right one the next thing is asked for: the words of the model, which are missing here."""
    place = folder(tmp_path, model__safetensors=WEIGHTS, config__json=CONFIG)
    model = SentenceModel(place, sha256=hashlib.sha256(WEIGHTS).hexdigest())
    assert not model.is_on
    assert "not the file we know" not in model.why_off


def test_what_is_not_installed_leaves_it_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path))
    model = SentenceModel("installed")
    assert not model.is_on
    assert "nothing is" in model.why_off
