"""Records of alerts, and what hides others."""

from typing import Any, Final

from sqlalchemy import bindparam, delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ledger import Ledger
from storage import tables as t
from storage.bulk import INSERT_NEW, Bulk
from storage.flush.contended import upserting
from storage.flush.together import Together
from storage.rows import (
    ALERT_FIELDS,
    alert_values,
)

_NEW_ALERTS: Final = Bulk(t.alerts, (*ALERT_FIELDS, "current"), INSERT_NEW)
_BUMP: Final = Bulk(
    t.alerts,
    ("id", "count", "last_seen_at", "decision"),
    "UPDATE alerts SET count = new.count, last_seen_at = new.last_seen_at, decision = new.decision"
    " FROM {new} WHERE alerts.id = new.id",
)
_SEEN_COLUMNS: Final = tuple(
    c.name
    for c in t.alerts.columns
    if c.name not in {"id", "tenant", "source", "fingerprint", "current", "first_seen_at"}
)
_SEEN: Final = (
    update(t.alerts)
    .where(t.alerts.c.id == bindparam("b_id"))
    .values({name: bindparam(f"b_{name}") for name in _SEEN_COLUMNS})
)


async def write_alerts(together: Together, ledger: Ledger) -> None:
    connection = together.connection
    retired = [id for id in ledger.retired_alerts if id not in ledger.new_alerts]
    if retired:
        await connection.execute(
            update(t.alerts).where(t.alerts.c.id.in_(retired)).values(current=False)
        )
    if ledger.new_alerts:
        gone = set(ledger.retired_alerts)
        rows = [
            (*alert_values(record), record.id not in gone)
            for record in sorted(
                ledger.new_alerts.values(), key=lambda r: (r.source, r.fingerprint, r.id)
            )
        ]
        together.claim(_NEW_ALERTS, rows)
    seen = [
        {"b_id": record.id, **{f"b_{n}": getattr(record, n) for n in _SEEN_COLUMNS}}
        for record in ledger.seen_alerts.values()
    ]
    if seen:
        await connection.execute(_SEEN, seen)
    together.add(_BUMP, _bumped(ledger))


def _bumped(ledger: Ledger) -> list[tuple[Any, ...]]:
    """Alerts that were only seen again."""
    return [
        (record.id, record.count, record.last_seen_at, record.decision)
        for record in ledger.bumped_alerts.values()
        if record.id not in ledger.seen_alerts
    ]


async def write_inhibitors(connection: AsyncConnection, ledger: Ledger) -> None:
    gone = [pair for pair, hides in ledger.inhibitors.items() if not hides]
    for key, alert in sorted(gone):
        await connection.execute(
            delete(t.inhibitors).where(t.inhibitors.c.key == key, t.inhibitors.c.alert == alert)
        )
    rows = [
        {"key": key, "alert": alert}
        for (key, alert), hides in sorted(ledger.inhibitors.items())
        if hides
    ]
    if rows:
        await connection.execute(upserting(connection, t.inhibitors).on_conflict_do_nothing(), rows)
