"""Where people and channels of a platform can be written to, kept from what they said to us.

Teams lets a bot write only where it was heard of, and at the address that it was told then.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """`about` is a person's id on the platform (in Teams: the Entra object id) or the id of a
    channel, team or chat. `conversation` is where to write, `service` the address that takes it,
    `member` what the platform calls a person in a conversation (in Teams: `29:…`)."""

    platform: str
    about: str
    conversation: str
    service: str
    member: str = ""


class KeepsReferences(Protocol):
    async def keep(self, reference: Reference) -> None:
        """Keeps it, in the place of an older one about the same."""
        ...

    async def find(self, platform: str, about: str) -> Reference | None: ...

    async def forget(self, platform: str, about: str) -> None:
        """Muster was removed there."""
        ...
