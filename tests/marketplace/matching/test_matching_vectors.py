"""The model of spelling: what is saved is what is read, and nothing else is read."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching import policy
from marketplace.matching.policy import vectors
from marketplace.matching.policy.scores import BESIDE, MEANING, SPELLING

TEXTS = ["Heart medicine\nCardiologist", "Tax returns\nTax adviser", "Bridge building"]
MODEL = vectors.fit(1, TEXTS)


def test_a_saved_model_says_the_same() -> None:
    again = vectors.load(1, vectors.save(MODEL))
    asked = ["cardiologist", "taxes", "Zürich", "", "the"]
    assert np.allclose(MODEL.matrix(asked).toarray(), again.matrix(asked).toarray(), atol=1e-6)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04broken", vectors.save(MODEL)[:-40]])
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a text model"):
        vectors.load(1, content)


def test_a_pickle_is_never_opened() -> None:
    file = io.BytesIO()
    np.savez(file, runs=np.array([{"a": 1}], dtype=object), idf=np.ones(1))
    with pytest.raises(ValueError, match="not a text model"):
        vectors.load(1, file.getvalue())


def test_rows_survive_packing_and_those_of_another_model_are_empty() -> None:
    matrix = MODEL.matrix(TEXTS)
    rows = [vectors.pack(matrix[place]) for place in range(len(TEXTS))]
    assert np.allclose(vectors.stack(rows, MODEL.width).toarray(), matrix.toarray())
    assert vectors.stack([*rows, b"odd", b""], 1).toarray().sum() == 0
    assert vectors.stack([], 5).shape == (0, 5)


@given(st.text(max_size=60))
def test_a_cosine_is_between_nothing_and_the_same(text: str) -> None:
    found = vectors.cosines(MODEL.matrix(TEXTS), MODEL.matrix([text, TEXTS[0]]))
    assert not np.isnan(found).any()
    assert ((found >= 0) & (found <= 1)).all()
    assert found[0, 1] == pytest.approx(1.0, abs=1e-5)


scores = st.dictionaries(st.integers(1, 9), st.floats(0.01, 50))
cosines = st.dictionaries(st.integers(1, 9), st.floats(0, 1))


@given(scores, cosines)
def test_both_layers_count_and_neither_loses_anything(
    words: dict[int, float], near: dict[int, float]
) -> None:
    both = policy.fused(words, near)
    assert set(both) == set(words) | set(near)
    assert all(0 <= score <= 1 + SPELLING for score in both.values())
    assert all(score >= near.get(one, 0) for one, score in both.items())
    alone = policy.spoken(words, near, has_model=True)
    assert set(alone) == {one for one, cosine in near.items() if cosine >= policy.NEAR}


@given(scores, cosines, cosines, st.integers(1, 40))
def test_where_meaning_is_known_letters_say_little_of_a_long_text(
    words: dict[int, float], near: dict[int, float], meant: dict[int, float], asked: int
) -> None:
    known = policy.fused(words, near, meant, asked=asked)
    assert set(known) == set(words) | set(near) | set(meant)
    top = max(words.values(), default=1.0)
    weight, spelled = (min(1.0, 2 / asked), BESIDE) if meant else (1.0, SPELLING)
    for one, score in known.items():
        of_letters = words.get(one, 0.0) / top + spelled * near.get(one, 0.0)
        assert score == pytest.approx(weight * of_letters + MEANING * meant.get(one, 0.0), abs=1e-6)


@given(st.lists(st.floats(0, 2), max_size=6), st.integers(0, 4))
def test_a_fit_is_the_mean_of_the_best_three(found: list[float], silent: int) -> None:
    fit = policy.fit(found, len(found) + silent)
    best = sorted([*found, *[0.0] * silent], reverse=True)[:3]
    assert fit == (round(100 * sum(best) / len(best)) if found else 0)
