"""What the doors need from the engine."""

from typing import Any, Protocol

from bot.engine.arrival import Arrival, Verdict


class Intaking(Protocol):
    async def submit(self, arrival: Arrival) -> list[Verdict]:
        """One verdict per alert, in order, after the commit. Raises Overloaded."""
        ...

    async def bury(self, source: str, body: bytes, reason: str) -> str:
        """Keeps a request that cannot be read; the id of the dead letter, after the commit."""
        ...


class Acknowledging(Protocol):
    async def acknowledge(self, source: str, dedup_key: str) -> None:
        """Acknowledges the open incident that holds this alert; without one, does nothing."""
        ...


class FindsEvents(Protocol):
    async def find_event(self, id: str) -> dict[str, Any] | None:
        """What became of an event, ready for JSON; None where it is unknown."""
        ...
