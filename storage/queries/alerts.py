"""The alerts of one incident, and those that a silence would have hidden."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Final

from sqlalchemy import bindparam

from bot.domain.alert import AlertRecord, seen_labels
from bot.domain.silence import Silence
from bot.ports.queries import Viewer
from storage import tables as t
from storage.queries.alert_list import alerts_existing, alerts_for, record_from
from storage.queries.base import AnySelect, Reading, existing

LOOKED_AT: Final = 10_000
"""How many of the newest alerts are compared with a silence."""

SHOWN: Final = 1_000


class Alerts(Reading):
    async def alerts_of(self, number: int, viewer: Viewer) -> Sequence[AlertRecord]:
        statement = _of_incident(everything=viewer.everything, named=viewer.person is not None)
        rows = await self.rows(statement, {"number": number, "person": viewer.person})
        return [record_from(row) for row in rows]

    async def would_hit(
        self, silence: Silence, since: datetime, viewer: Viewer
    ) -> Sequence[AlertRecord]:
        rows = await self.rows(
            alerts_for(viewer)
            .where(t.alerts.c.last_seen_at >= since, t.alerts.c.current)
            .order_by(t.alerts.c.last_seen_at.desc())
            .limit(LOOKED_AT)
        )
        records = (record_from(row) for row in rows)
        hit = [
            record for record in records if silence.matches(seen_labels(record), record.group_key)
        ]
        return hit[:SHOWN]


@cache
def _of_incident(*, everything: bool, named: bool) -> AnySelect:
    """Made once: every card shows them."""
    return (
        alerts_existing(existing(everything=everything, named=named))
        .where(t.alerts.c.incident == bindparam("number"), t.alerts.c.current)
        .order_by(t.alerts.c.first_seen_at, t.alerts.c.id)
    )
