"""Who wants to know that something changed: open pages of this process, by what they show.

A wake-up carries no data. Whoever is woken reads the database again from its own cursor, so a
wake-up that comes twice, late or for several changes at once loses and doubles nothing.
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from bot.domain.ledger import Ledger

LIST: Final = "incidents"


class Wake:
    """Somebody who waits. Clear it, read, then wait: what happens in between is not missed."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        self._event.set()

    def clear(self) -> None:
        self._event.clear()

    async def wait(self, seconds: float) -> bool:
        """True once something changed; False where nothing did for so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        return True


class Hub:
    def __init__(self) -> None:
        self._waiting: dict[str, set[Wake]] = {}

    def told(self, ledger: Ledger) -> None:
        """After each commit: wakes who looks at its incidents."""
        self.changed({*ledger.touched, *ledger.refreshed})

    def changed(self, incidents: Iterable[int]) -> None:
        numbers = set(incidents)
        for number in numbers:
            self._wake(_incident(number))
        if numbers:
            self._wake(LIST)

    def noticed(self, person: str) -> None:
        """The person has a new notice, or has seen one."""
        self._wake(_person(person))

    @contextmanager
    def subscribe(self, incident: int) -> Iterator[Wake]:
        with self._subscribed(Wake(), {_incident(incident)}) as wake:
            yield wake

    @contextmanager
    def subscribe_list(self) -> Iterator[Wake]:
        """Woken by a change of any incident."""
        with self._subscribed(Wake(), {LIST}) as wake:
            yield wake

    @contextmanager
    def subscribe_person(self, person: str) -> Iterator[Wake]:
        """Woken by the person's notices. While it lasts, the person is `looking`."""
        with self._subscribed(Wake(), {_person(person)}) as wake:
            yield wake

    @contextmanager
    def also(self, wake: Wake, incidents: Iterable[int]) -> Iterator[None]:
        """Wakes a subscriber for these incidents as well, while this lasts."""
        with self._subscribed(wake, {_incident(number) for number in incidents}):
            yield

    def looking(self, person: str) -> bool:
        """Whether the person has a page of this process open now."""
        return _person(person) in self._waiting

    def connected(self) -> int:
        """How many pages are live."""
        return len({wake for waiting in self._waiting.values() for wake in waiting})

    @contextmanager
    def _subscribed(self, wake: Wake, topics: set[str]) -> Iterator[Wake]:
        for topic in topics:
            self._waiting.setdefault(topic, set()).add(wake)
        try:
            yield wake
        finally:
            for topic in topics:
                self._waiting[topic].discard(wake)
                if not self._waiting[topic]:
                    del self._waiting[topic]

    def _wake(self, topic: str) -> None:
        for wake in self._waiting.get(topic, ()):
            wake.set()


def _incident(number: int) -> str:
    return f"incident:{number}"


def _person(id: str) -> str:
    return f"person:{id}"
