"""What is known of channels and messages of a platform, as facts: how much is said in one, whose
room one became, which incidents quote one."""

from collections.abc import Collection

from sqlalchemy import select

from bot.domain.effect import EffectKind
from bot.domain.noise import Noise
from storage import tables as t
from storage.facts import (
    TENANT,
    get_fact,
    get_facts,
    noise_fact,
    quoted_fact,
    room_fact,
    set_fact,
    set_facts,
)
from storage.flush import upserting
from storage.units.base import Part


class ChannelPart(Part):
    async def set_noise(self, platform: str, channel: str, noise: Noise | None) -> None:
        """None gives the choice back to the policies."""
        await set_fact(self.connection, noise_fact(platform, channel), str(noise or ""))

    async def set_quoted(self, places: Collection[str], incident: int) -> None:
        """The words at these addresses stand in the timeline of this incident too."""
        names = [quoted_fact(where) for where in places]
        known = await get_facts(self.connection, names)
        told = {name: known.get(name, {"incidents": []})["incidents"] for name in names}
        new = {
            name: {"incidents": [*in_, incident]}
            for name, in_ in told.items()
            if incident not in in_
        }
        await set_facts(self.connection, new)

    async def take_channel(self, platform: str, channel: str, incident: int) -> int | None:
        """The channel becomes the incident's room; the number of another one whose room it is.

        Of several that want it at once the key of the fact lets one through; the others wait for
        its commit, and read who it was.
        """
        name = room_fact(platform, channel)
        statement = upserting(self.connection, t.facts).on_conflict_do_nothing()
        made = await self.connection.execute(
            statement.returning(t.facts.c.name),
            {"tenant": TENANT, "name": name, "value": {"incident": incident}},
        )
        if made.first() is not None:
            return None
        holder = int((await get_fact(self.connection, name, locked=True) or {})["incident"])
        if holder != incident and await self._is_room_of(holder, platform, channel):
            return holder
        await set_fact(self.connection, name, {"incident": incident})
        return None

    async def _is_room_of(self, incident: int, platform: str, channel: str) -> bool:
        """It is, or is about to be; some days after the end it is given back."""
        coming = select(t.effects.c.payload).where(
            t.effects.c.incident == incident,
            t.effects.c.kind == EffectKind.ADOPT_ROOM,
            t.effects.c.destination == platform,
            t.effects.c.state == "pending",
        )
        there = select(t.places.c.address).where(
            t.places.c.tenant == TENANT,
            t.places.c.incident == incident,
            t.places.c.platform == platform,
            t.places.c.slot == "room",
        )
        wanted = (await self.connection.execute(coming)).scalars().all()
        rooms = (await self.connection.execute(there)).scalars().all()
        return any(payload.get("channel") == channel for payload in wanted) or any(
            room.get("id") == channel and not room.get("archived") for room in rooms
        )
