"""The settings, as far as embeddings need them."""

from typing import Protocol

from pydantic import SecretStr


class Section(Protocol):
    @property
    def embedding(self) -> str: ...
    @property
    def model_dir(self) -> str: ...


class Model(Protocol):
    """Where the language model is; an embedding of the same provider is asked there too."""

    @property
    def model(self) -> str: ...
    @property
    def base_url(self) -> str: ...
    @property
    def api_key(self) -> SecretStr | None: ...


class Settings(Protocol):
    @property
    def knowledge(self) -> Section: ...
    @property
    def llm(self) -> Model: ...
