"""Any embedding that langchain knows, by its name: `openai:text-embedding-3-small`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from langchain.embeddings import init_embeddings
from numpy.typing import NDArray

from bot.domain.errors import ConfigError
from storage.vectors.section import Model


@dataclass
class Remote:
    name: str
    dimensions: int
    embeddings: Any

    @classmethod
    def of(cls, name: str, model: Model) -> "Remote":
        """Asks it once, which also tells how many numbers it gives.

        Raises:
            ConfigError: there is no such embedding, or it does not answer.
        """
        given: dict[str, Any] = {}
        if name.partition(":")[0] == model.model.partition(":")[0]:
            if model.base_url:
                given["base_url"] = model.base_url
            if model.api_key is not None:
                given["api_key"] = model.api_key.get_secret_value()
            if model.base_url and name.startswith("openai:"):
                # Servers that speak as OpenAI does take text, not OpenAI's own tokens.
                given["check_embedding_ctx_length"] = False
        try:
            embeddings = init_embeddings(name, **given)
            told = embeddings.embed_query("incident")
        except Exception as wrong:
            reason = f"The embedding {name} does not answer: {type(wrong).__name__}"
            raise ConfigError(reason) from wrong
        return cls(name, len(told), embeddings)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.array(self.embeddings.embed_documents(list(texts)), dtype=np.float32)
        if rows.shape != (len(texts), self.dimensions) or not np.isfinite(rows).all():
            raise ValueError(f"{self.name} gave {rows.shape}")
        lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        normal: NDArray[np.float32] = (rows / lengths).astype(np.float32)
        return normal
