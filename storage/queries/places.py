"""Which incident a conversation of a platform is about."""

from functools import cache

from sqlalchemy import and_, bindparam, or_, select

from storage import tables as t
from storage.queries.base import AnySelect, Reading


class Places(Reading):
    async def incident_at(self, platform: str, channel: str, thread: str = "") -> int | None:
        """The newest incident whose room the channel is, or one of whose posts heads the thread.

        A room that was archived, or given back some days after the end, is nobody's any more.
        """
        place = {"platform": platform, "channel": channel, "thread": thread}
        for row in await self.rows(_places(in_thread=bool(thread)), place):
            if not (row.slot == "room" and row.address.get("archived")):
                return int(row.incident)
        return None


@cache
def _places(*, in_thread: bool) -> AnySelect:
    """Made once, since whatever is said anywhere asks where it was said."""
    address, slot = t.places.c.address, t.places.c.slot
    here = and_(slot == "room", address["id"].as_string() == bindparam("channel"))
    if in_thread:
        posted = and_(
            address["channel"].as_string() == bindparam("channel"),
            address["ts"].as_string() == bindparam("thread"),
        )
        here = or_(here, posted)
    return (
        select(t.places.c.incident, slot, address)
        .where(t.places.c.tenant == "default", t.places.c.platform == bindparam("platform"), here)
        .order_by(t.places.c.incident.desc())
    )
