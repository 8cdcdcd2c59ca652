"""Full members of a workspace whom people.yaml does not name, kept so that they stay known."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """`platform` and `user` are where they come from; `zone` is an IANA name."""

    platform: str
    user: str
    name: str
    email: str | None = None
    zone: str = "UTC"

    @property
    def id(self) -> str:
        """The person's id, as long as people.yaml gives them none."""
        return f"{self.platform}:{self.user}"


class KeepsNewcomers(Protocol):
    async def keep(self, newcomer: Newcomer) -> None:
        """Keeps them, or what is new about them."""
        ...

    async def all(self) -> Sequence[Newcomer]: ...
