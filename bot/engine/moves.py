"""A room that cannot open yet holds nobody up: the incident is handled from its card in the digest
channel, and moves when the room opens.

A platform opens only so many rooms a minute. The effect that opens one then goes on in an order of
its own, with whatever means something only in a room behind it; posts and the card do not wait.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain.effect import IN_ROOMS, KEPT_FOR, Effect, EffectKind
from bot.ports.store import Place, Unit

BEHIND: Final = ":room"
"""Ends the ordering key of what waits for a room."""

ANNOUNCEMENT: Final = "announcement"
"""The slot of the one post for everybody else."""

OPENS: Final = (EffectKind.OPEN_ROOM, EffectKind.ADOPT_ROOM, EffectKind.UNARCHIVE_ROOM)
IN_ROOM: Final = IN_ROOMS | {EffectKind.POST, EffectKind.EDIT_CARD, EffectKind.UPLOAD}
"""What is seen in the room, or above it."""

Address = Mapping[str, Any]


def address_of(places: Sequence[Place], platform: str, slot: str) -> Address:
    """Where the incident shows there, or nothing."""
    return next((p.address for p in places if (p.platform, p.slot) == (platform, slot)), {})


def is_room(address: Address) -> bool:
    """A room of its own is open."""
    return bool(address) and not address.get("digest")


def channel_of(places: Sequence[Place], platform: str) -> str:
    """Where it is talked about: the room, else where the card stands; empty where neither is."""
    room, card = address_of(places, platform, "room"), address_of(places, platform, "card")
    return str(room["id"] if is_room(room) else card.get("channel", ""))


def is_shut(effect: Effect, places: Sequence[Place]) -> bool:
    """It is about a room that is archived, where nobody reads any more; or one that is not
    archived was to be opened again."""
    shut = bool(address_of(places, effect.destination, "room").get("archived"))
    if effect.kind is EffectKind.UNARCHIVE_ROOM:
        return not shut
    return shut and effect.kind in IN_ROOM and effect.payload.get("slot") != ANNOUNCEMENT


def can_wait(effect: Effect) -> bool:
    """It opens a room, and still stands in everybody's way."""
    return effect.kind is EffectKind.OPEN_ROOM and not effect.ordering.endswith(BEHIND)


def lacks_room(effect: Effect, places: Sequence[Place]) -> bool:
    """It means nothing without a room, and there is none (yet)."""
    return effect.kind in IN_ROOMS and not is_room(address_of(places, effect.destination, "room"))


async def open_later(unit: Unit, effect: Effect, wait: timedelta) -> None:
    """The room opens in an order of its own; until then its place is the digest."""
    if effect.incident is None:
        return
    places = await unit.places(effect.incident)
    if not is_room(address_of(places, effect.destination, "room")):
        await unit.put_place(_place(effect, {"digest": True, "waiting": True}))
    unit.ledger.queue(_behind(effect, unit.now + wait))


def follow_room(unit: Unit, effect: Effect, places: Sequence[Place]) -> None:
    """What lacks its room goes behind it; where no room is coming, it is dropped."""
    waiting = address_of(places, effect.destination, "room").get("waiting")
    if waiting and not effect.ordering.endswith(BEHIND):
        unit.ledger.queue(_behind(effect, unit.now))


async def give_up_room(unit: Unit, effect: Effect) -> None:
    """No room will open: its place is the digest from here on."""
    if effect.kind in OPENS and effect.incident is not None:
        await unit.put_place(_place(effect, {"digest": True}))


async def move_card(unit: Unit, effect: Effect, can: Collection[EffectKind]) -> None:
    """A card that was posted outside goes into the room, once there is one, and is pinned there.

    Into each room once, however often it is edited before it goes.
    """
    if effect.incident is None or effect.kind not in (*OPENS, EffectKind.POST):
        return
    places = await unit.places(effect.incident)
    room = address_of(places, effect.destination, "room")
    card = address_of(places, effect.destination, "card")
    if not is_room(room) or not card.get("outside"):
        return
    moved = Effect(
        key=f"{effect.destination}:card:{effect.incident}:moved:{room.get('id', '')}",
        kind=EffectKind.POST,
        destination=effect.destination,
        ordering=effect.ordering.removesuffix(BEHIND),
        payload={"slot": "card", "where": "channel", "moves": True},
        incident=effect.incident,
        due_at=unit.now,
        expires_at=unit.now + KEPT_FOR,
    )
    unit.ledger.queue(moved)
    if EffectKind.PIN in can:
        unit.ledger.queue(
            replace(moved, key=f"{moved.key}:pin", kind=EffectKind.PIN, payload={"slot": "card"})
        )


def _behind(effect: Effect, due_at: datetime) -> Effect:
    return replace(
        effect, key=f"{effect.key}:later", ordering=f"{effect.ordering}{BEHIND}", due_at=due_at
    )


def _place(effect: Effect, address: Address) -> Place:
    return Place(
        incident=effect.incident or 0,
        platform=effect.destination,
        slot="room",
        address=address,
    )
