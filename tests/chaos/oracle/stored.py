"""Everything a database holds after a run, read once and looked at from all sides."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import select

from bot.domain.incident import Incident, blank
from storage import tables as t
from storage.database import open_database
from storage.units.incidents import entry_from

TABLES = (
    t.incidents,
    t.groups,
    t.alerts,
    t.raw_bodies,
    t.events,
    t.dead_letters,
    t.chains,
    t.timers,
    t.effects,
    t.notices,
    t.invocations,
)


@dataclass
class Stored:
    """Rows by table, entries with their bodies by stream. `read_at`: by this machine's clock."""

    read_at: datetime
    rows: dict[str, list[Any]]
    entries: dict[str, list[Any]]
    _lives: dict[int, "Life"] = field(default_factory=dict)

    def __getattr__(self, name: str) -> list[Any]:
        try:
            return self.__dict__["rows"][name]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(name) from None

    def life(self, number: int) -> "Life":
        if number not in self._lives:
            self._lives[number] = Life(number, self.entries.get(f"incident:{number}", []))
        return self._lives[number]

    @cached_property
    def lives(self) -> list["Life"]:
        return [self.life(row.number) for row in self.incidents]

    @cached_property
    def attempts(self) -> dict[str, list[Any]]:
        """The request bodies by the attempt that brought them; a good run has one for each.

        Alerts of a request that were decided one by one share the first one's body.
        """
        found: defaultdict[str, list[Any]] = defaultdict(list)
        for raw in self.raw_bodies:
            if raw.body:
                found[_attempt(orjson.loads(raw.body))].append(raw)
        return found

    @cached_property
    def buried(self) -> set[str]:
        """Attempts that ended as dead letters."""
        return {_attempt(orjson.loads(letter.body)) for letter in self.dead_letters}


def _attempt(body: dict[str, Any]) -> str:
    if "externalURL" in body:
        return str(body["externalURL"]).rsplit("/", 1)[1]
    payload = body["payload"]
    return str(payload.get("attempt") or payload["custom_details"]["attempt"])


@dataclass
class Life:
    """An incident as its entries tell it."""

    number: int
    rows: list[Any]

    @cached_property
    def entries(self) -> list[Any]:
        return [entry_from(row) for row in self.rows]

    @cached_property
    def states(self) -> list[tuple[Any, Incident]]:
        """(entry, the incident right after it), by seq."""
        if not self.rows:
            return []
        incident = blank(self.number, self.rows[0].recorded_at)
        found = []
        for entry in self.entries:
            incident.apply(entry.changes)
            found.append((entry, _copy(incident)))
        return found

    def between(self, since: datetime, until: datetime) -> Iterator[Incident]:
        """What it was at `since` and everything it became until `until`."""
        before: Incident | None = None
        for entry, state in self.states:
            if entry.recorded_at < since:
                before = state
                continue
            if before is not None:
                yield before
                before = None
            if entry.recorded_at <= until:
                yield state
        if before is not None:
            yield before


def _copy(incident: Incident) -> Incident:
    return Incident(**{name: getattr(incident, name) for name in Incident.__slots__})


async def read(url: str, read_at: datetime) -> Stored:
    database = open_database(url)
    try:
        async with database.reading() as connection:
            rows = {
                table.name: list((await connection.execute(select(table))).all())
                for table in TABLES
            }
            chained = await connection.execute(
                select(t.entries, t.entry_bodies.c.salt, t.entry_bodies.c.body)
                .join_from(
                    t.entries,
                    t.entry_bodies,
                    (t.entries.c.tenant == t.entry_bodies.c.tenant)
                    & (t.entries.c.stream == t.entry_bodies.c.stream)
                    & (t.entries.c.seq == t.entry_bodies.c.seq),
                    isouter=True,
                )
                .order_by(t.entries.c.stream, t.entries.c.seq)
            )
            entries: defaultdict[str, list[Any]] = defaultdict(list)
            for row in chained:
                entries[row.stream].append(row)
    finally:
        await database.close()
    return Stored(read_at, rows, dict(entries))
