"""The local embedding, where its weights are (`make semantic`)."""

from pathlib import Path

import numpy as np
import pytest

from storage.vectors.embedding import weights_in

WEIGHTS = weights_in("")
pytestmark = pytest.mark.skipif(WEIGHTS is None, reason="no weights here; make semantic")


def test_what_means_the_same_is_near_without_a_common_word() -> None:
    from storage.vectors.minilm import MiniLM

    assert WEIGHTS is not None
    said = (
        "the database ran out of connections",
        "postgres has no session left",
        "a walk in the hills",
    )
    rows = MiniLM(WEIGHTS).embed(said)
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.2


def test_a_text_gets_the_same_vector_whoever_goes_through_with_it() -> None:
    from storage.vectors.minilm import MiniLM

    assert WEIGHTS is not None
    model = MiniLM(WEIGHTS)
    texts = ["short", "a text of some more words", "word " * 400, "", "☃ 雪"]
    together = model.embed(texts)
    alone = np.vstack([model.embed([text]) for text in texts])
    assert np.abs(together - alone).max() < 1e-5
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


def test_a_file_that_holds_no_weights_is_refused(tmp_path: Path) -> None:
    from storage.vectors.minilm import read_safetensors

    (tmp_path / "model.safetensors").write_bytes(b"\xff" * 100)
    with pytest.raises(ValueError, match="no safetensors"):
        read_safetensors(tmp_path / "model.safetensors")
