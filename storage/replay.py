"""Building every incident again from its entries, and comparing it with its rows."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.entry import Change, incident_stream
from bot.domain.errors import NotFound
from bot.domain.incident import Incident, blank, comparable
from bot.domain.task import FIELD
from storage import tables as t
from storage.database import Database
from storage.facts import TENANT
from storage.rows import incident_columns, incident_from
from storage.snapshot import rows_of, snapshot
from storage.task_rows import TASK_COLUMNS, task_from_row

CHUNK: Final = 200
"""Incidents held in memory."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field whose row says otherwise than the record, as JSON values.

    Not `provable`: an entry whose body was erased may have made it so.
    """

    incident: int
    field: str
    row: Any
    record: Any
    provable: bool = True

    def __str__(self) -> str:
        if not self.provable:
            why = "cannot be proved, what made it was erased or spoilt"
            return f"#{self.incident} {self.field}: {why}"
        said = f"the row says {self.row!r}, the record {self.record!r}"
        return f"#{self.incident} {self.field}: {said}"


@dataclass(slots=True)
class Rebuilt:
    """An incident as far as its entries were applied, and which fields they said."""

    row: Incident
    incident: Incident | None = None
    said: set[str] = field(default_factory=set)
    erased: bool = False

    def apply(self, entry: Any) -> None:
        if self.incident is None:
            self.incident = blank(self.row.number, entry.recorded_at)
        changes = _changes(entry.body)
        if changes is None:
            self.erased, self.said = True, set()
            return
        self.incident.apply(changes)
        self.said.update(change.field.partition(".")[0] for change in changes)

    def differences(self, listed: Mapping[str, Any]) -> Iterator[Difference]:
        """`listed`: the tasks that the list of all tasks has of it."""
        number = self.row.number
        if self.incident is None:
            yield Difference(number, "entries", self.row.version, 0)
            return
        record = comparable(self.incident)
        for name, value in comparable(self.row).items():
            if record[name] != value:
                provable = not self.erased or name in self.said
                yield Difference(number, name, value, record[name], provable)
        tasks = {n: kept for n, kept in self.incident.tasks.items() if kept is not None}
        if listed != tasks:
            provable = not self.erased or FIELD in self.said
            yield Difference(number, "list of tasks", dict(listed), tasks, provable)


def _changes(body: bytes | None) -> list[Change] | None:
    """What the entry changed; None where that was erased, or is nothing that Muster writes."""
    try:
        return [Change(*change) for change in orjson.loads(body or b"").get("changes", ())]
    except (ValueError, TypeError, AttributeError):  # `muster audit verify` says which it is
        return None


async def replay(database: Database, *, incident: int | None = None) -> AsyncIterator[Difference]:
    """Every difference between rows and record, as of one moment for each chunk of incidents.

    Raises:
        NotFound: there is no such incident.
        Overloaded: the database is away.
    """
    if incident is not None:
        async with snapshot(database) as connection:
            rows = await _rows(connection, t.incidents.c.number == incident)
            if not rows:
                raise NotFound(f"There is no incident #{incident}.")
            for difference in await _compare(connection, rows):
                yield difference
        return
    last = 0
    while True:
        async with snapshot(database) as connection:
            rows = await _rows(connection, t.incidents.c.number > last)
            found = await _compare(connection, rows)
        for difference in found:
            yield difference
        if not rows:
            return
        last = rows[-1].number


async def _rows(connection: AsyncConnection, condition: Any) -> Sequence[Incident]:
    rows = await connection.execute(
        select(*incident_columns()).where(condition).order_by(t.incidents.c.number).limit(CHUNK)
    )
    return [incident_from(row) for row in rows]


async def _compare(connection: AsyncConnection, rows: Sequence[Incident]) -> list[Difference]:
    rebuilt = {incident_stream(incident.number): Rebuilt(incident) for incident in rows}
    async for entry in rows_of(connection, _entries(rebuilt)):
        rebuilt[entry.stream].apply(entry)
    listed = await _listed(connection, [incident.number for incident in rows])
    return [
        difference
        for one in rebuilt.values()
        for difference in one.differences(listed[one.row.number])
    ]


async def _listed(
    connection: AsyncConnection, numbers: Iterable[int]
) -> Mapping[int, dict[str, Any]]:
    """Incident → number of a task → what the list has of it, as JSON values."""
    found = await connection.execute(
        select(*TASK_COLUMNS).where(t.tasks.c.incident.in_(sorted(numbers)))
    )
    listed: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for row in found:
        task = task_from_row(row)
        listed[task.incident][str(task.number)] = task.kept()
    return listed


def _entries(streams: Iterable[str]) -> Select[*tuple[Any, ...]]:
    """Times and bodies of all entries of these chains, each chain's in order."""
    return (
        select(t.entries.c.stream, t.entries.c.recorded_at, t.entry_bodies.c.body)
        .join(
            t.entry_bodies,
            and_(
                t.entry_bodies.c.tenant == t.entries.c.tenant,
                t.entry_bodies.c.stream == t.entries.c.stream,
                t.entry_bodies.c.seq == t.entries.c.seq,
            ),
        )
        .where(t.entries.c.tenant == TENANT, t.entries.c.stream.in_(sorted(streams)))
        .order_by(t.entries.c.stream, t.entries.c.seq)
    )
