"""Credentials of machines, and the one-time links of people. Only hashes are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.people import Right


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """`scopes`: `api`, `source:<name>` or `source:*`. `right` is what it may do by `api`.

    `person`: whom it acts as, where it stands for somebody.
    """

    id: str
    name: str
    scopes: tuple[str, ...]
    right: Right = Right.NOTHING
    person: str | None = None
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def opens_source(self, source: str) -> bool:
        return f"source:{source}" in self.scopes or "source:*" in self.scopes

    @property
    def opens_api(self) -> bool:
        return "api" in self.scopes


class Tokens(Protocol):
    """Secrets look like `mst_…`; they are shown once, when made."""

    async def find(self, secret: str) -> Token | None:
        """The token that this secret opens; None where unknown or revoked."""
        ...

    async def create(
        self, name: str, *, scopes: Sequence[str], right: Right, person: str | None = None
    ) -> tuple[Token, str]: ...
    async def list(self) -> Sequence[Token]: ...
    async def rotate(self, id: str) -> str: ...
    async def revoke(self, id: str) -> None: ...
