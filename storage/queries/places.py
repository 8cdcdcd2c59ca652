"""Which incident a conversation of a platform is about."""

from sqlalchemy import and_, or_, select

from storage import tables as t
from storage.queries.base import Reading


class Places(Reading):
    async def incident_at(self, platform: str, channel: str, thread: str = "") -> int | None:
        """The newest incident whose room the channel is, or one of whose posts heads the thread.

        A room that was archived, or given back some days after the end, is nobody's any more.
        """
        address, slot = t.places.c.address, t.places.c.slot
        here = and_(slot == "room", address["id"].as_string() == channel)
        if thread:
            posted = and_(
                address["channel"].as_string() == channel, address["ts"].as_string() == thread
            )
            here = or_(here, posted)
        found = (
            select(t.places.c.incident, slot, address)
            .where(t.places.c.tenant == "default", t.places.c.platform == platform, here)
            .order_by(t.places.c.incident.desc())
        )
        for row in await self.rows(found):
            if not (row.slot == "room" and row.address.get("archived")):
                return int(row.incident)
        return None
