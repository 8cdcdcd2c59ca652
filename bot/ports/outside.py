"""What a channel or a platform is given to reach the world with."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from bot.ports.clock import Clock


class Answer(Protocol):
    """`headers` ignore case."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


class Http(Protocol):
    """The little of aiohttp.ClientSession that is used; it raises what that raises."""

    def post(
        self, url: str, *, data: bytes, headers: Mapping[str, str], allow_redirects: bool
    ) -> AbstractAsyncContextManager[Answer]: ...


@dataclass(frozen=True, slots=True)
class Outside:
    """`public_url`: how people reach this Muster."""

    http: Http
    clock: Clock
    public_url: str

    def id_of(self, key: str) -> str:
        """32 hexadecimal digits: the same for every try of a job, never another Muster's."""
        return sha256(f"{self.public_url} {key}".encode()).hexdigest()[:32]
