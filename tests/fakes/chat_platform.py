"""A strict chat platform in memory: rooms, cards, posts, people; it refuses what makes no sense.

It is a `bot.ports.channel.Channel` that remembers everything it was told, in order, and does what
`faults` say to the next calls. `visible` is what people see; a job that comes again by the same key
is found by its metadata and shown once, unless `reconciles` is False.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from bot.cards.plain_text import plain_text
from bot.domain.effect import Capabilities, EffectKind
from bot.domain.errors import DeliveryError
from bot.ports.channel import Job

EVERYTHING: Final = Capabilities(
    frozenset(
        {
            EffectKind.OPEN_ROOM,
            EffectKind.RENAME_ROOM,
            EffectKind.ARCHIVE_ROOM,
            EffectKind.INVITE,
            EffectKind.SET_TOPIC,
            EffectKind.POST,
            EffectKind.EDIT_CARD,
            EffectKind.DIRECT_MESSAGE,
            EffectKind.PAGE,
            EffectKind.WEBHOOK,
        }
    )
)
DIGEST: Final = "digest"


class Deed(StrEnum):
    FAIL = "says that it failed, and did nothing"
    HANG = "never answers, and did nothing"
    LOST_REPLY = "did it, and the answer is lost"
    BREAK = "breaks in a way nobody foresaw"


@dataclass(frozen=True, slots=True)
class Fault:
    deed: Deed = Deed.FAIL
    permanent: bool = False
    retry_after: float | None = None
    paced: bool = False
    for_all: bool = False


TEMPORARY: Final = Fault()
PERMANENT: Final = Fault(permanent=True)
TOO_MUCH: Final = Fault(retry_after=40, paced=True)
TOO_MUCH_OF_A_KIND: Final = Fault(retry_after=40, paced=True, for_all=True)
HANG: Final = Fault(Deed.HANG)
LOST_REPLY: Final = Fault(Deed.LOST_REPLY)
BREAK: Final = Fault(Deed.BREAK)


@dataclass
class Room:
    name: str
    people: list[str] = field(default_factory=list)
    topics: int = 0
    names: int = 0
    archived: bool = False
    said: list[str] = field(default_factory=list)
    cards: dict[str, str] = field(default_factory=dict)


@dataclass
class ChatPlatform:
    """`before` is awaited before every call is looked at; a test may do something meanwhile."""

    capabilities: Capabilities = EVERYTHING
    reconciles: bool = True
    rooms: dict[str, Room] = field(default_factory=lambda: {DIGEST: Room(DIGEST)})
    pages: list[tuple[str, str]] = field(default_factory=list)
    messages: list[tuple[str, str]] = field(default_factory=list)
    hooks: list[Mapping[str, Any]] = field(default_factory=list)
    calls: list[Job] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    broken: dict[EffectKind | int, Fault] = field(default_factory=dict)
    before: Callable[[Job], Awaitable[None]] | None = None
    _done: dict[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)

    async def perform(self, job: Job) -> Mapping[str, Mapping[str, Any]]:
        """See Channel."""
        self.calls.append(job)
        if self.before is not None:
            await self.before(job)
        fault = self.faults.popleft() if self.faults else self._standing(job)
        if fault is not None and fault.deed is not Deed.LOST_REPLY:
            await self._misbehave(fault)
        made = self._once(job)
        if fault is not None:
            raise DeliveryError("the answer was lost")
        return made

    def _standing(self, job: Job) -> Fault | None:
        """What is wrong with this kind of job, or with this incident, for as long as it is said."""
        return self.broken.get(job.kind) or self.broken.get(job.incident or 0)

    async def _misbehave(self, fault: Fault) -> None:
        if fault.deed is Deed.HANG:
            await asyncio.Event().wait()
        if fault.deed is Deed.BREAK:
            raise KeyError("ok")
        raise DeliveryError(
            "not now",
            permanent=fault.permanent,
            retry_after=fault.retry_after,
            paced=fault.paced,
            for_all=fault.for_all,
        )

    def _once(self, job: Job) -> Mapping[str, Mapping[str, Any]]:
        if not self.reconciles or job.key not in self._done:
            assert job.kind in self.capabilities.effects, job.kind
            self._done[job.key] = _DEEDS[job.kind](self, job)
        return self._done[job.key]

    # what it can do

    def _open(self, job: Job) -> Mapping[str, Mapping[str, Any]]:
        id = f"C{len(self.rooms)}"
        self.rooms[id] = Room(f"inc-{job.incident}")
        return {"room": {"id": id}}

    def _shown_in(self, job: Job) -> Room:
        """Where the card is."""
        channel = job.places["card"]["channel"]
        return next(room for room in self.rooms.values() if room.name == channel)

    def _room(self, job: Job) -> Room:
        """The incident's room; the digest, where it has none."""
        place = job.places.get("room", {"digest": True})
        room = self.rooms[DIGEST if place.get("digest") else place["id"]]
        assert not room.archived, "nobody reads an archived room"
        return room

    def _archive(self, job: Job) -> Mapping[str, Mapping[str, Any]]:
        self._room(job).archived = True
        return {}

    def _invite(self, job: Job) -> Mapping[str, Mapping[str, Any]]:
        self._room(job).people += job.payload["people"]
        return {}

    def _topic(self, job: Job) -> Mapping[str, Mapping[str, Any]]:
        self._room(job).topics += 1
        return {}

    def _rename(self, job: Job) -> Mapping[str, Mapping[str, Any]]:
        self._room(job).names += 1
        return {}

    def _post(self, job: Job) -> Mapping[str, Mapping[str, Any]]:
        room = self._room(job)
        assert job.card is not None
        if job.payload.get("slot") != "card":
            room.said.append(plain_text(job.card))
            return {}
        if job.payload.get("moves"):
            del self._shown_in(job).cards[job.places["card"]["ts"]]
        ts = f"{len(self.calls)}.0"
        room.cards[ts] = plain_text(job.card)
        return {"card": {"channel": room.name, "ts": ts}}

    def _edit(self, job: Job) -> Mapping[str, Mapping[str, Any]]:
        assert job.card is not None
        cards = self._shown_in(job).cards
        ts = job.places["card"]["ts"]
        assert ts in cards, "there is no such card to edit"
        cards[ts] = plain_text(job.card)
        return {}

    def _message(self, job: Job) -> Mapping[str, Mapping[str, Any]]:
        assert job.card is not None
        assert job.person is not None
        self.messages.append((job.person_id, plain_text(job.card)))
        return {}

    def _page(self, job: Job) -> Mapping[str, Mapping[str, Any]]:
        assert job.loud
        self.pages.append((job.person_id or job.to, job.line))
        return {}

    def _hook(self, job: Job) -> Mapping[str, Mapping[str, Any]]:
        self.hooks.append({"hook": job.payload["hook"], **job.facts})
        return {}

    # what people see

    def room(self, number: int) -> Room:
        return next(room for room in self.rooms.values() if room.name == f"inc-{number}")

    def card(self, number: int) -> str:
        """The one live card of an incident, wherever it is."""
        shown = [
            card
            for room in self.rooms.values()
            for card in room.cards.values()
            if f"#{number} " in card.partition("\n")[0]
        ]
        assert len(shown) == 1, f"{len(shown)} cards of #{number}"
        return shown[0]

    def kinds(self, number: int | None = None) -> list[str]:
        """What it was asked to do, in order, of one incident or of all."""
        return [str(job.kind) for job in self.calls if number in (None, job.incident)]


_DEEDS: Final[dict[EffectKind, Callable[[ChatPlatform, Job], Mapping[str, Mapping[str, Any]]]]] = {
    EffectKind.OPEN_ROOM: ChatPlatform._open,
    EffectKind.RENAME_ROOM: ChatPlatform._rename,
    EffectKind.ARCHIVE_ROOM: ChatPlatform._archive,
    EffectKind.INVITE: ChatPlatform._invite,
    EffectKind.SET_TOPIC: ChatPlatform._topic,
    EffectKind.POST: ChatPlatform._post,
    EffectKind.EDIT_CARD: ChatPlatform._edit,
    EffectKind.DIRECT_MESSAGE: ChatPlatform._message,
    EffectKind.PAGE: ChatPlatform._page,
    EffectKind.WEBHOOK: ChatPlatform._hook,
}
