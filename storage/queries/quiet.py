"""What opened quietly: in no room and no thread."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from bot.ports.queries import IncidentRow
from storage import tables as t
from storage.queries.base import Reading
from storage.queries.incident_list import COLUMNS, row_from


class Quiet(Reading):
    async def quiet_between(self, start: datetime, end: datetime) -> Sequence[IncidentRow]:
        """Public ones, by severity and time."""
        found = (
            select(*COLUMNS)
            .where(
                t.incidents.c.tenant == "default",
                t.incidents.c.loudness == "quiet",
                t.incidents.c.visibility == "public",
                ~t.incidents.c.test,
                t.incidents.c.opened_at >= start,
                t.incidents.c.opened_at < end,
            )
            .order_by(t.incidents.c.severity, t.incidents.c.number)
        )
        return [row_from(row) for row in await self.rows(found)]
