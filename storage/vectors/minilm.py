"""all-MiniLM-L6-v2 (Reimers & Gurevych, "Sentence-BERT", EMNLP 2019) on numpy, without torch.

Reads the published weights as they are (`model.safetensors`, `tokenizer.json`) and computes what
the model card says: BERT of six layers, the mean over the tokens, length one. Texts of like length
go through it together, so that little is computed for padding.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

Floats = NDArray[np.float32]

WEIGHTS: Final = "model.safetensors"
TOKENS: Final = "tokenizer.json"
LONGEST: Final = 256
"""Tokens of a text; the model was trained with no more."""

TOGETHER: Final = 4
"""Texts in one pass; more take memory and save nothing."""

LAYERS: Final = 6
HEADS: Final = 12
DIMENSIONS: Final = 384
EPSILON: Final = 1e-12


class MiniLM:
    name: Final = "local"
    dimensions: Final = DIMENSIONS

    def __init__(self, folder: Path) -> None:
        """Raises `OSError` or `ValueError` where the folder holds no such model."""
        self._weights = read_safetensors(folder / WEIGHTS)
        self._tokens = Tokenizer.from_file(str(folder / TOKENS))
        self._tokens.enable_truncation(LONGEST)
        self._tokens.no_padding()

    def embed(self, texts: Sequence[str]) -> Floats:
        """A row of length one for each text."""
        coded = [one.ids for one in self._tokens.encode_batch(list(texts))]
        order = sorted(range(len(coded)), key=lambda n: len(coded[n]))
        vectors = np.empty((len(coded), DIMENSIONS), dtype=np.float32)
        for begin in range(0, len(order), TOGETHER):
            some = order[begin : begin + TOGETHER]
            vectors[some] = self._pass([coded[n] for n in some])
        return vectors

    def _pass(self, coded: Sequence[Sequence[int]]) -> Floats:
        longest = max(map(len, coded))
        ids = np.zeros((len(coded), longest), dtype=np.int64)
        there = np.zeros((len(coded), longest), dtype=np.float32)
        for row, one in enumerate(coded):
            ids[row, : len(one)], there[row, : len(one)] = one, 1
        hidden = self._words(ids)
        beyond = (1 - there)[:, None, None, :] * np.float32(-1e9)
        for layer in range(LAYERS):
            hidden = self._layer(f"encoder.layer.{layer}", hidden, beyond)
        mean = (hidden * there[:, :, None]).sum(1) / there.sum(1, keepdims=True)
        lengths = np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9)
        normal: Floats = (mean / lengths).astype(np.float32)
        return normal

    def _words(self, ids: NDArray[np.int64]) -> Floats:
        w = self._weights
        hidden = w["embeddings.word_embeddings.weight"][ids]
        hidden = hidden + w["embeddings.position_embeddings.weight"][: ids.shape[1]]
        hidden = hidden + w["embeddings.token_type_embeddings.weight"][0]
        return self._even("embeddings.LayerNorm", hidden)

    def _layer(self, name: str, hidden: Floats, beyond: Floats) -> Floats:
        rows, longest, _ = hidden.shape
        heads = (rows, longest, HEADS, DIMENSIONS // HEADS)

        def parted(part: str) -> Floats:
            return self._linear(f"{name}.attention.self.{part}", hidden).reshape(heads)

        query, key = parted("query").swapaxes(1, 2), parted("key").transpose(0, 2, 3, 1)
        looks = _softmax(query @ key / np.float32(math.sqrt(heads[3])) + beyond)
        seen = (looks @ parted("value").swapaxes(1, 2)).swapaxes(1, 2).reshape(hidden.shape)
        hidden = self._even(
            f"{name}.attention.output.LayerNorm",
            hidden + self._linear(f"{name}.attention.output.dense", seen),
        )
        inner = _gelu(self._linear(f"{name}.intermediate.dense", hidden))
        return self._even(
            f"{name}.output.LayerNorm", hidden + self._linear(f"{name}.output.dense", inner)
        )

    def _linear(self, name: str, hidden: Floats) -> Floats:
        out: Floats = hidden @ self._weights[f"{name}.weight"].T
        out += self._weights[f"{name}.bias"]
        return out

    def _even(self, name: str, hidden: Floats) -> Floats:
        """Layer normalisation."""
        hidden = hidden - hidden.mean(-1, keepdims=True)
        hidden /= np.sqrt((hidden * hidden).mean(-1, keepdims=True) + np.float32(EPSILON))
        return hidden * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def _softmax(looks: Floats) -> Floats:
    looks -= looks.max(-1, keepdims=True)
    np.exp(looks, out=looks)
    looks /= looks.sum(-1, keepdims=True)
    return looks


_SERIES: Final = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)


def _gelu(x: Floats) -> Floats:
    """x·Φ(x), the error function by Abramowitz & Stegun 7.1.26, which is right to 1.5e-7."""
    z = np.abs(x)
    z *= np.float32(math.sqrt(0.5))
    t = z * np.float32(0.3275911)
    t += 1
    np.reciprocal(t, out=t)
    tail = t * np.float32(_SERIES[0])
    for coefficient in _SERIES[1:]:
        tail += np.float32(coefficient)
        tail *= t
    z *= z
    np.negative(z, out=z)
    np.exp(z, out=z)
    tail *= z
    tail *= np.float32(0.5)
    tail *= np.abs(x)
    out: Floats = np.maximum(x, 0)
    out -= tail
    return out


def read_safetensors(path: Path) -> Mapping[str, Floats]:
    """The arrays of a safetensors file, mapped into memory and read when they are used.

    https://huggingface.co/docs/safetensors: eight bytes of length, a JSON header, the numbers.
    """
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        if not 0 < size < 10_000_000:
            raise ValueError(f"{path} is no safetensors file.")
        header = json.loads(file.read(size))
    whole = np.memmap(path, dtype=np.uint8, mode="r", offset=8 + size)
    return dict(_arrays(header, whole))


def _arrays(header: Mapping[str, Any], whole: NDArray[np.uint8]) -> Iterator[tuple[str, Floats]]:
    for name, said in header.items():
        if said.get("dtype") == "F32":
            begin, end = said["data_offsets"]
            yield name, whole[begin:end].view(np.float32).reshape(said["shape"])
