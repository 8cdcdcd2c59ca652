"""Who has the web room open, in whichever process: a page rings there, or must ring elsewhere."""

from typing import Protocol


class Presence(Protocol):
    async def note(self, person: str) -> None:
        """The person has a page of this process open now; said again and again while they have."""
        ...

    async def looking(self, person: str) -> bool:
        """Whether the person has, or had a moment ago, a page open in any process."""
        ...
