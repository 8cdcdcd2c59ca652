"""What the web room keeps for one person: pages and direct messages, until they were seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.ports.queries import Notice


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice not seen yet. `rings`: it is loud, and its incident has not been answered since."""

    notice: Notice
    rings: bool


class Notices(Protocol):
    async def add(
        self, *, key: str, person: str, incident: int | None, loud: bool, title: str, text: str
    ) -> bool:
        """Keeps it; False where this key is kept already, which changes nothing."""
        ...

    async def seen(self, person: str, id: int | None = None) -> None:
        """The person has seen this notice and those before it about the same, or all of theirs."""
        ...

    async def waiting(self, person: str, *, limit: int = 50) -> Sequence[Waiting]:
        """What the person has not seen, newest first."""
        ...

    async def latest(
        self, person: str, *, before: int | None = None, limit: int = 50
    ) -> Sequence[Notice]:
        """Seen and unseen, newest first; `before` is the id to go on from."""
        ...
