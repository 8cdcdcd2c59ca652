"""Incidents, locked in ascending order; their numbers, groups and entries."""

from collections.abc import Collection, Sequence
from typing import Any, Final

import orjson
from sqlalchemy import bindparam, exists, func, select, text

from bot.domain.entry import ActorType, Change, Entry, EntryType, incident_stream
from bot.domain.errors import NotFound
from bot.domain.incident import Incident
from bot.domain.people import Actor
from storage import tables as t
from storage.driver import fetch
from storage.flush import upserting
from storage.rows import incident_columns, incident_from
from storage.units.base import Part

_LOCKED: Final = (
    select(*incident_columns())
    .where(t.incidents.c.number.in_(bindparam("wanted", expanding=True)))
    .order_by(t.incidents.c.number)
    .with_for_update()
)
"""Made once, as the other statements of every command are: making one takes longer than it runs."""

_NUMBERS: Final = "SELECT nextval('incident_numbers') FROM generate_series(1, $1)"
_COUNTED_ON: Final = (
    "INSERT INTO facts(tenant, name, value) VALUES ('default', 'last_number', ?)"
    " ON CONFLICT(tenant, name) DO UPDATE SET value = value + ? RETURNING value"
)


class IncidentPart(Part):
    async def incidents(self, numbers: Collection[int]) -> dict[int, Incident]:
        """The incidents that exist, locked until the end of the transaction."""
        wanted = sorted(set(numbers) - self.loaded.keys())
        if wanted:
            for row in await self.connection.execute(_LOCKED, {"wanted": wanted}):
                incident = incident_from(row)
                self.loaded[incident.number] = incident
        return {number: self.loaded[number] for number in numbers if number in self.loaded}

    async def incident(self, number: int) -> Incident:
        found = await self.incidents([number])
        if number not in found:
            raise NotFound(f"There is no incident #{number}.")
        return found[number]

    async def unlocked(self, numbers: Collection[int]) -> set[int]:
        """Locks those of the incidents that nobody else holds, and says which."""
        rows = await self.connection.execute(
            select(*incident_columns())
            .where(t.incidents.c.number.in_(sorted(numbers)))
            .order_by(t.incidents.c.number)
            .with_for_update(skip_locked=True)
        )
        for row in rows:
            incident = incident_from(row)
            self.loaded[incident.number] = incident
        return set(numbers) & self.loaded.keys()

    async def new_numbers(self, count: int) -> list[int]:
        """Numbers no incident ever had; those not used are gaps.

        PostgreSQL hands them out without a lock; SQLite counts in a row of `facts`.
        """
        if count <= 0:
            return []
        if self.dialect == "postgresql":
            rows = await fetch(self.connection, _NUMBERS, (count,))
            return sorted(number for (number,) in rows)
        ((counted,),) = await fetch(self.connection, _COUNTED_ON, (count, count))
        last = int(counted)
        return list(range(last - count + 1, last + 1))

    async def give_back(self, numbers: Sequence[int]) -> None:
        """The newest of this transaction's numbers, which nothing got.

        On SQLite, where nobody else can have counted on meanwhile, the next incident gets them;
        on PostgreSQL they are gaps.
        """
        if not numbers or self.dialect == "postgresql":
            return
        await self.connection.execute(
            text("UPDATE facts SET value = value - :count WHERE name = 'last_number'"),
            {"count": len(numbers)},
        )

    async def group_holder(self, incident: int) -> int | None:
        """Another open incident that holds one of this incident's groups."""
        mine, other = t.groups.alias(), t.groups.alias()
        row = await self.connection.execute(
            select(func.min(other.c.incident)).where(
                mine.c.incident == incident,
                other.c.tenant == mine.c.tenant,
                other.c.group_key == mine.c.group_key,
                other.c.held,
                other.c.incident != incident,
            )
        )
        found = row.scalar_one_or_none()
        return int(found) if found is not None else None

    async def group_keys(self, incident: int) -> list[str]:
        rows = await self.connection.execute(
            select(t.groups.c.group_key)
            .where(t.groups.c.incident == incident)
            .order_by(t.groups.c.group_key)
        )
        return list(rows.scalars())

    async def entries(self, incident: int, after: int = 0) -> list[Entry]:
        """The incident's entries by seq, those of this transaction included."""
        stream = incident_stream(incident)
        rows = await self.connection.execute(
            select(t.entries, t.entry_bodies.c.body)
            .join_from(
                t.entries,
                t.entry_bodies,
                (t.entries.c.tenant == t.entry_bodies.c.tenant)
                & (t.entries.c.stream == t.entry_bodies.c.stream)
                & (t.entries.c.seq == t.entry_bodies.c.seq),
            )
            .where(t.entries.c.stream == stream, t.entries.c.seq > after)
            .order_by(t.entries.c.seq)
        )
        stored = [entry_from(row) for row in rows]
        return stored + [c.entry for c in self.ledger.entries if c.entry.stream == stream]

    async def system_entry(self, actor: Actor, type: EntryType, text: str, **metadata: Any) -> None:
        """Records an act without an incident on this replica's own stream."""
        stream = f"system:{self.replica}"
        row = (
            await self.connection.execute(
                select(t.chains.c.count, t.chains.c.head)
                .where(t.chains.c.stream == stream)
                .with_for_update()
            )
        ).one_or_none()
        count, head = tuple(row) if row is not None else (0, "0" * 64)
        entry = Entry(
            stream=stream,
            seq=count + 1,
            event_id=self.ledger.new_id(),
            type=type,
            actor_type=actor.type,
            actor_id=actor.id,
            actor_name=actor.name,
            occurred_at=self.now,
            recorded_at=self.now,
            text=text,
            metadata=metadata,
            origin=actor.origin,
        )
        head = self.ledger.enter_stream(head, entry)
        insert = upserting(self.connection, t.chains)
        await self.connection.execute(
            insert.on_conflict_do_update(
                index_elements=["tenant", "stream"], set_={"count": entry.seq, "head": head}
            ),
            {"tenant": "default", "stream": stream, "count": entry.seq, "head": head},
        )


def entry_from(row: Any) -> Entry:
    """An entry from a row of `entries` with its `body`; an erased body leaves it wordless."""
    body: dict[str, Any] = (
        orjson.loads(row.body) if row.body is not None else {"metadata": {"erased": True}}
    )
    return Entry(
        tenant=row.tenant,
        stream=row.stream,
        seq=row.seq,
        event_id=row.event_id,
        type=EntryType(row.type),
        actor_type=ActorType(row.actor_type),
        actor_id=row.actor_id,
        actor_name=body.get("actor_name", ""),
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        text=body.get("text", ""),
        changes=tuple(Change(*change) for change in body.get("changes", ())),
        metadata=body.get("metadata", {}),
        origin=row.origin,
        corrects=row.corrects,
    )


def visible_to(person: Any) -> Any:
    """The condition under which an incident exists for a person; None is somebody without name.

    `person` may be a parameter as well, which is given when the statement runs.
    """
    public = t.incidents.c.visibility == "public"
    if person is None:
        return public
    return public | exists().where(
        t.members.c.tenant == t.incidents.c.tenant,
        t.members.c.incident == t.incidents.c.number,
        t.members.c.person == person,
    )
