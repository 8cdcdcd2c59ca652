"""The section `llm`, as far as a model needs it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from pydantic import SecretStr


class Served(Protocol):
    @property
    def model(self) -> str: ...
    @property
    def base_url(self) -> str: ...
    @property
    def api_key(self) -> SecretStr | None: ...
    @property
    def api_version(self) -> str: ...
    @property
    def structured(self) -> str: ...


class Price(Protocol):
    """Of a million tokens."""

    @property
    def input(self) -> float: ...
    @property
    def output(self) -> float: ...


class Section(Served, Protocol):
    @property
    def fallbacks(self) -> Sequence[Served]: ...
    @property
    def timeout(self) -> timedelta: ...
    @property
    def prices(self) -> Mapping[str, Price]: ...


class Settings(Protocol):
    @property
    def llm(self) -> Section: ...
