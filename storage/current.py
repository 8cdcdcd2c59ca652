"""The current records of many alerts at once: the read path of a busy intake, as bulk.py writes.

`KNOWN` reads what tells a repetition, `WHOLE` everything. The fingerprints go as one parameter.
SQLite's rows come back as one piece of JSON, so that sqlite3 need not give the interpreter's lock
away at every row and take it again. PostgreSQL is asked for one fingerprint after the other, inside
one statement: before it has counted the table it would rather read all alerts of a source.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final, Generic, TypeVar

import orjson
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.alert import KnownAlert
from bot.domain.lifecycle import OPEN
from bot.ports.store import AlertKey
from storage import tables as t
from storage.driver import fetch
from storage.rows import ALERT_COLUMNS, KNOWN_COLUMNS, alert_from, known_from

_THEIR_INCIDENTS: Final = "LEFT JOIN incidents ON incidents.number = alerts.incident"
_CURRENT: Final = "alerts.tenant = 'default' AND alerts.current"
_INCIDENT: Final = (t.incidents.c.status, t.incidents.c.opened_at)
_OPEN: Final = frozenset(str(state) for state in OPEN)

Convert = Callable[[Any], Any]
Known = TypeVar("Known", bound=KnownAlert)


class Current(Generic[Known]):
    """Reads `columns` of current alerts; `make` makes one of a row and of its incident's state."""

    def __init__(self, columns: Sequence[Any], make: Callable[..., Known]) -> None:
        self.columns, self.make = (*columns, *_INCIDENT), make
        names = ", ".join(f"{column.table.name}.{column.name}" for column in self.columns)
        self.statements = {
            "sqlite": (
                f"SELECT json_group_array(json_array({names})) FROM alerts {_THEIR_INCIDENTS}"
                f" WHERE {_CURRENT} AND alerts.source = ?"
                " AND alerts.fingerprint IN (SELECT value FROM json_each(?))"
            ),
            "postgresql": (
                f"SELECT {names} FROM unnest($2::text[]) AS asked(fingerprint)"
                f" CROSS JOIN LATERAL (SELECT * FROM alerts WHERE {_CURRENT} AND alerts.source = $1"
                " AND alerts.fingerprint = asked.fingerprint LIMIT 1 FOR UPDATE) AS alerts"
                f" {_THEIR_INCIDENTS}"
            ),
        }
        self._conversions: dict[str, list[tuple[int, Convert]]] = {}

    async def __call__(
        self, connection: AsyncConnection, keys: Collection[AlertKey]
    ) -> dict[AlertKey, Known]:
        """Those that exist, locked on PostgreSQL in the order of sources and fingerprints."""
        by_source: dict[str, list[str]] = {}
        for source, fingerprint in keys:
            by_source.setdefault(source, []).append(fingerprint)
        found: dict[AlertKey, Known] = {}
        for source, fingerprints in sorted(by_source.items()):
            for record in await self._of(connection, source, sorted(fingerprints)):
                found[source, record.fingerprint] = record
        return found

    async def _of(
        self, connection: AsyncConnection, source: str, fingerprints: list[str]
    ) -> list[Known]:
        dialect = connection.dialect
        sqlite = dialect.name == "sqlite"
        keys: Any = orjson.dumps(fingerprints).decode() if sqlite else fingerprints
        found = await fetch(connection, self.statements[dialect.name], (source, keys))
        rows = orjson.loads(found[0][0]) if sqlite else map(list, found)
        conversions = self._converting(dialect)
        return [self._made(row, conversions) for row in rows]

    def _converting(self, dialect: Dialect) -> list[tuple[int, Convert]]:
        """How the driver's values become ours, for the columns where they are not the same."""
        if dialect.name not in self._conversions:
            found = (
                (place, column.type.dialect_impl(dialect).result_processor(dialect, None))
                for place, column in enumerate(self.columns)
            )
            self._conversions[dialect.name] = [(place, how) for place, how in found if how]
        return self._conversions[dialect.name]

    def _made(self, row: list[Any], conversions: Sequence[tuple[int, Convert]]) -> Known:
        for place, convert in conversions:
            if row[place] is not None:
                row[place] = convert(row[place])
        return self.make(row, open=row[-2] in _OPEN, opened_at=row[-1])


KNOWN: Final = Current(KNOWN_COLUMNS, known_from)
WHOLE: Final = Current(ALERT_COLUMNS, alert_from)
