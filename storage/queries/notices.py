"""What the web room has to tell one person."""

from collections.abc import Sequence

from sqlalchemy import select

from bot.ports.queries import PAGE, Notice, Viewer
from storage import tables as t
from storage.queries.base import Reading, mentions

COLUMNS = tuple(
    t.notices.c[name] for name in ("id", "incident", "loud", "title", "text", "made_at", "seen_at")
)


class Notices(Reading):
    async def notices(self, person: str, *, after: int = 0, limit: int = PAGE) -> Sequence[Notice]:
        mine = select(*COLUMNS).where(
            t.notices.c.tenant == "default",
            t.notices.c.person == person,
            t.notices.c.id > after,
            mentions(t.notices.c.incident, Viewer(person)),
        )
        order = t.notices.c.id if after else t.notices.c.id.desc()
        rows = await self.rows(mine.order_by(order).limit(limit))
        notices = [Notice(**row._mapping) for row in rows]
        return notices if after else notices[::-1]
