"""The current records of many alerts at once: the read path of a busy intake, as bulk.py writes.

The fingerprints go as one parameter, and SQLite's rows come back as one piece of JSON, so that
sqlite3 need not give the interpreter's lock away at every row and take it again.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

import orjson
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.alert import AlertRecord
from bot.domain.lifecycle import OPEN
from storage import tables as t
from storage.driver import fetch
from storage.rows import ALERT_COLUMNS, alert_from

_COLUMNS: Final = (*ALERT_COLUMNS, t.incidents.c.status, t.incidents.c.opened_at)
_NAMES: Final = ", ".join(f"{column.table.name}.{column.name}" for column in _COLUMNS)
_FROM: Final = (
    "FROM alerts LEFT JOIN incidents ON incidents.number = alerts.incident"
    " WHERE alerts.tenant = 'default' AND alerts.current"
)
_STATEMENTS: Final = {
    "sqlite": (
        f"SELECT json_group_array(json_array({_NAMES})) {_FROM}"
        " AND alerts.source = ? AND alerts.fingerprint IN (SELECT value FROM json_each(?))"
    ),
    "postgresql": (
        f"SELECT {_NAMES} {_FROM} AND alerts.source = $1 AND alerts.fingerprint = ANY($2)"
        " ORDER BY alerts.fingerprint FOR UPDATE OF alerts"
    ),
}
_OPEN: Final = frozenset(str(state) for state in OPEN)

Convert = Callable[[Any], Any]
_conversions: dict[str, list[tuple[int, Convert]]] = {}


async def current_alerts(
    connection: AsyncConnection, source: str, fingerprints: Collection[str]
) -> list[AlertRecord]:
    """Those that exist, locked on PostgreSQL in the order of their fingerprints."""
    dialect = connection.dialect
    keys: Any = list(fingerprints)
    if dialect.name == "sqlite":
        keys = orjson.dumps(keys).decode()
    found = await fetch(connection, _STATEMENTS[dialect.name], (source, keys))
    rows = orjson.loads(found[0][0]) if dialect.name == "sqlite" else map(list, found)
    conversions = _converting(dialect)
    return [_record(row, conversions) for row in rows]


def _converting(dialect: Dialect) -> list[tuple[int, Convert]]:
    """How the driver's values become ours, for the columns where they are not the same."""
    if dialect.name not in _conversions:
        found = (
            (place, column.type.dialect_impl(dialect).result_processor(dialect, None))
            for place, column in enumerate(_COLUMNS)
        )
        _conversions[dialect.name] = [(place, how) for place, how in found if how is not None]
    return _conversions[dialect.name]


def _record(row: list[Any], conversions: Sequence[tuple[int, Convert]]) -> AlertRecord:
    for place, convert in conversions:
        if row[place] is not None:
            row[place] = convert(row[place])
    return alert_from(row, open=row[-2] in _OPEN, opened_at=row[-1])
