"""Lists of alerts, newest first."""

from typing import Any

from sqlalchemy import select

from bot.domain.alert import AlertRecord, AlertStatus
from bot.domain.lifecycle import OPEN
from bot.ports.queries import PAGE, Page, Viewer
from storage import tables as t
from storage.queries.base import AnyRow, AnySelect, Reading, exists_for
from storage.queries.cursor import after_alert, check_limit, read_alert
from storage.rows import ALERT_COLUMNS, alert_from

_OPEN = frozenset(str(state) for state in OPEN)


class AlertList(Reading):
    async def alerts(
        self,
        viewer: Viewer,
        *,
        incident: int | None = None,
        source: str | None = None,
        status: str | None = None,
        limit: int = PAGE,
        cursor: str | None = None,
    ) -> Page[AlertRecord]:
        check_limit(limit)
        statement = alerts_for(viewer)
        if incident is not None:
            statement = statement.where(t.alerts.c.incident == incident)
        if source is not None:
            statement = statement.where(t.alerts.c.source == source)
        if status is not None:
            statement = statement.where(t.alerts.c.status == status)
        if status == AlertStatus.FIRING:  # an older record says how it was left behind
            statement = statement.where(t.alerts.c.current)
        if cursor is not None:
            statement = statement.where(t.alerts.c.id < read_alert(cursor))
        rows = await self.rows(statement.order_by(t.alerts.c.id.desc()).limit(limit + 1))
        items = [record_from(row) for row in rows[:limit]]
        return Page(items, after_alert(items[-1].id) if len(rows) > limit else None)


def alerts_for(viewer: Viewer) -> AnySelect:
    """Alerts with the state and the opening of their incident; of unseen incidents, none."""
    return alerts_existing(exists_for(viewer))


def alerts_existing(incident: Any) -> AnySelect:
    """The same, for whom an incident exists under this condition."""
    nowhere = t.alerts.c.incident.is_(None) & ~t.alerts.c.private
    return (
        select(*ALERT_COLUMNS, t.incidents.c.status, t.incidents.c.opened_at)
        .outerjoin_from(t.alerts, t.incidents, t.incidents.c.number == t.alerts.c.incident)
        .where(nowhere | incident)
    )


def record_from(row: AnyRow) -> AlertRecord:
    """From a row of `alerts_for`."""
    return alert_from(row, open=row[-2] in _OPEN, opened_at=row[-1])
