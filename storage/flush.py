"""Writing a ledger down: a handful of set-wise statements, in an order that cannot deadlock.

Rows are written sorted by their key, so that two replicas that meet wait for each other instead of
holding what the other needs. Where somebody else was faster, `Contended` asks for the whole
transaction again; the second run reads who won.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from importlib import import_module
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Table, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import Incident, Visibility
from bot.domain.ledger import Chained, Ledger
from bot.ports.store import EventRow, RawBody
from storage import tables as t
from storage.bulk import INSERT, INSERT_NEW, Bulk
from storage.library.due import incidents_due
from storage.rows import (
    ALERT_FIELDS,
    INCIDENT_FIELDS,
    alert_values,
    incident_row,
    incident_values,
)
from storage.search import index_incidents
from storage.task_rows import write_tasks

REMEMBERED: Final = timedelta(hours=24)
"""How long the same `(source, event_id)` gets its first reply again."""


class Contended(Exception):
    """Another transaction was faster; run this one again."""


def upserting(connection: AsyncConnection, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT, in the dialect of this connection."""
    return insert_of(connection.dialect.name)(table)


@cache
def insert_of(dialect: str) -> Any:
    """Imports the one dialect that is used; the other one takes its time."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert


async def flush(
    connection: AsyncConnection,
    ledger: Ledger,
    raw: Sequence[RawBody],
    events: Sequence[EventRow],
) -> None:
    """Writes everything the ledger gathered.

    Raises:
        Contended: a group or an alert was taken by another transaction meanwhile.
    """
    await _alerts(connection, ledger)
    await _incidents(connection, ledger)
    await _groups(connection, ledger)
    await _inhibitors(connection, ledger)
    await _entries(connection, ledger.entries)
    await write_tasks(connection, ledger)
    await _timers(connection, ledger)
    await _effects(connection, ledger)
    await _requests(connection, ledger, raw, events)


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


async def _alerts(connection: AsyncConnection, ledger: Ledger) -> None:
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
        await insert_or_contend(connection, _NEW_ALERTS, rows)
    seen = [
        {"b_id": record.id, **{f"b_{n}": getattr(record, n) for n in _SEEN_COLUMNS}}
        for record in ledger.seen_alerts.values()
    ]
    if seen:
        await connection.execute(_SEEN, seen)
    bumped = [
        (record.id, record.count, record.last_seen_at, record.decision)
        for record in ledger.bumped_alerts.values()
        if record.id not in ledger.seen_alerts
    ]
    await _BUMP(connection, bumped)


async def insert_or_contend(
    connection: AsyncConnection, new: Bulk, rows: Sequence[Sequence[Any]]
) -> None:
    """Inserts all rows, or finds that somebody else has one of them."""
    if await new(connection, rows) != len(rows):
        raise Contended(new.table.name)


_NEW_INCIDENTS: Final = Bulk(t.incidents, INCIDENT_FIELDS)
_INCIDENT_UPDATE: Final = (
    update(t.incidents)
    .where(t.incidents.c.number == bindparam("b_number"))
    .values(
        {
            c.name: bindparam(f"b_{c.name}")
            for c in t.incidents.columns
            if c.name not in {"number", "tenant", "opened_at"}
        }
    )
)


async def _incidents(connection: AsyncConnection, ledger: Ledger) -> None:
    if ledger.created:
        rows = [incident_row(incident) for _, incident in sorted(ledger.created.items())]
        await _NEW_INCIDENTS(connection, rows)
    changed = [i for n, i in sorted(ledger.touched.items()) if n not in ledger.created]
    if changed:
        await connection.execute(
            _INCIDENT_UPDATE,
            [
                {f"b_{n}": v for n, v in incident_values(i).items() if n not in _FIXED}
                for i in changed
            ],
        )
    await _members(connection, list(ledger.touched.values()))
    await index_incidents(connection, ledger)
    await incidents_due(connection, ledger)


_FIXED: Final = {"tenant", "opened_at"}


async def _members(connection: AsyncConnection, incidents: Sequence[Incident]) -> None:
    private = [i for i in incidents if i.visibility is Visibility.PRIVATE]
    if not private:
        return
    numbers = [i.number for i in private]
    await connection.execute(delete(t.members).where(t.members.c.incident.in_(numbers)))
    rows = [
        {"tenant": i.tenant, "incident": i.number, "person": person}
        for i in private
        for person in i.members
    ]
    if rows:
        await connection.execute(insert(t.members), rows)


async def _groups(connection: AsyncConnection, ledger: Ledger) -> None:
    for number, held in sorted(ledger.held.items()):
        statement = update(t.groups).where(t.groups.c.incident == number).values(held=held)
        if held:
            other = t.groups.alias()
            taken = exists().where(
                other.c.tenant == t.groups.c.tenant,
                other.c.group_key == t.groups.c.group_key,
                other.c.held,
                other.c.incident != number,
            )
            statement = statement.where(~taken)
        await connection.execute(statement)
        if number in ledger.held_whole:
            await _all_held(connection, number)
    rows = [
        (key, number, _open(ledger, number))
        for key, number in sorted(set(ledger.new_groups))
        if not (number not in ledger.created and await _held_again(connection, ledger, key, number))
    ]
    await insert_or_contend(connection, _NEW_GROUPS, rows)


_NEW_GROUPS: Final = Bulk(t.groups, ("group_key", "incident", "held"), INSERT_NEW)


async def _all_held(connection: AsyncConnection, incident: int) -> None:
    """Somebody opened an incident for one of its groups while it was being reopened."""
    lost = select(t.groups.c.group_key).where(t.groups.c.incident == incident, ~t.groups.c.held)
    if (await connection.execute(lost.limit(1))).first() is not None:
        raise Contended(t.groups.name)


async def _held_again(connection: AsyncConnection, ledger: Ledger, key: str, incident: int) -> bool:
    """A group that comes back to an incident has its row already."""
    found = await connection.execute(
        update(t.groups)
        .where(t.groups.c.group_key == key, t.groups.c.incident == incident)
        .values(held=_open(ledger, incident))
        .returning(t.groups.c.group_key)
    )
    return found.scalar_one_or_none() is not None


def _open(ledger: Ledger, number: int) -> bool:
    """An incident may open and resolve within one batch."""
    incident = ledger.touched.get(number)
    return incident.open if incident is not None else True


async def _inhibitors(connection: AsyncConnection, ledger: Ledger) -> None:
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


_ENVELOPE: Final = attrgetter(
    "tenant", "stream", "seq", "event_id", "type", "actor_type", "actor_id",
    "occurred_at", "recorded_at", "origin", "corrects",
)  # fmt: skip
_NEW_ENTRIES: Final = Bulk(
    t.entries,
    (
        "tenant", "stream", "seq", "event_id", "type", "actor_type", "actor_id",
        "occurred_at", "recorded_at", "origin", "corrects",
        "incident", "digest", "previous", "hash",
    ),
)  # fmt: skip
_NEW_BODIES: Final = Bulk(t.entry_bodies, ("tenant", "stream", "seq", "salt", "body"))


async def _entries(connection: AsyncConnection, chained: Sequence[Chained]) -> None:
    await _NEW_ENTRIES(
        connection,
        [(*_ENVELOPE(c.entry), c.incident, c.digest, c.previous, c.hash) for c in chained],
    )
    await _NEW_BODIES(
        connection,
        [(c.entry.tenant, c.entry.stream, c.entry.seq, c.salt, c.body) for c in chained],
    )


async def _timers(connection: AsyncConnection, ledger: Ledger) -> None:
    for subject, kinds in _by_subject(ledger.disarmed).items():
        await connection.execute(
            update(t.timers)
            .where(
                t.timers.c.subject == subject,
                t.timers.c.kind.in_(kinds),
                t.timers.c.state == "pending",
            )
            .values(state="cancelled")
        )
    if not ledger.timers:
        return
    latest = {(row.subject, row.kind, row.round): row for row in ledger.timers}
    await _NEW_TIMERS(
        connection,
        [
            (row.subject, row.kind, row.round, row.due_at, dict(row.payload), "pending")
            for _, row in sorted(latest.items())
        ],
    )


_NEW_TIMERS: Final = Bulk(
    t.timers,
    ("subject", "kind", "round", "due_at", "payload", "state"),
    f"{INSERT} ON CONFLICT (tenant, subject, kind, round) DO UPDATE SET"
    " due_at = excluded.due_at, payload = excluded.payload, state = 'pending',"
    " tries = 0, fired_at = NULL",
)


def _by_subject(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for subject, kind in pairs:
        kinds = found.setdefault(subject, [])
        if kind not in kinds:
            kinds.append(kind)
    return dict(sorted(found.items()))


_WITHDRAWABLE: Final = (
    select(t.effects.c.id)
    .where(
        t.effects.c.incident == bindparam("of"),
        t.effects.c.kind == bindparam("kind"),
        t.effects.c.state == "pending",
    )
    .limit(1)
)
"""Most acknowledgements find nothing that still rings."""


async def _effects(connection: AsyncConnection, ledger: Ledger) -> None:
    for incident, kind, to in sorted(set(ledger.withdrawn)):
        mine = [
            t.effects.c.incident == incident,
            t.effects.c.kind == kind,
            t.effects.c.state == "pending",
        ]
        if to:
            mine.append(t.effects.c.ordering.endswith(f":{to}", autoescape=True))
        if not (await connection.execute(_WITHDRAWABLE, {"of": incident, "kind": kind})).first():
            continue
        begun = func.coalesce(t.effects.c.claimed_until > ledger.now, False)
        await connection.execute(
            update(t.effects).where(*mine, ~begun).values(state="withdrawn", settled_at=ledger.now)
        )
        await connection.execute(
            update(t.effects).where(*mine, begun).values(expires_at=ledger.now)
        )
    if not ledger.effects:
        return
    await _NEW_EFFECTS(
        connection,
        [
            (
                e.key, e.kind, e.destination, e.ordering, e.incident, e.version, dict(e.payload),
                "pending", ledger.now, e.due_at or ledger.now, e.expires_at,
            )
            for e in ledger.effects
        ],
    )  # fmt: skip


_NEW_EFFECTS: Final = Bulk(
    t.effects,
    (
        "key", "kind", "destination", "ordering", "incident", "version", "payload",
        "state", "queued_at", "due_at", "expires_at",
    ),
    INSERT_NEW,
)  # fmt: skip


async def _requests(
    connection: AsyncConnection,
    ledger: Ledger,
    raw: Sequence[RawBody],
    events: Sequence[EventRow],
) -> None:
    await _NEW_RAW_BODIES(connection, [(r.id, r.source, ledger.now, r.body) for r in raw])
    await _NEW_EVENTS(connection, [(*_EVENT(e), ledger.now) for e in events])
    keyed = [e for e in events if e.deduplicated and e.event_id is not None]
    if keyed:
        await _event_keys(connection, ledger, keyed)


_NEW_RAW_BODIES: Final = Bulk(t.raw_bodies, ("id", "source", "received_at", "body"))
_EVENT_FIELDS: Final = (
    "id", "raw", "position", "source", "event_id", "alert", "incident", "opened_at", "decision",
    "decided_by",
)  # fmt: skip
_EVENT: Final = attrgetter(*_EVENT_FIELDS)
_NEW_EVENTS: Final = Bulk(t.events, (*_EVENT_FIELDS, "received_at"))


async def _event_keys(
    connection: AsyncConnection, ledger: Ledger, events: Sequence[EventRow]
) -> None:
    """An event sent again within a day gets its first reply; an older key is taken over."""
    statement = upserting(connection, t.event_keys)
    statement = statement.on_conflict_do_update(
        index_elements=["tenant", "source", "event_id"],
        set_={
            "event": statement.excluded.event,
            "received_at": statement.excluded.received_at,
        },
        where=t.event_keys.c.received_at <= ledger.now - REMEMBERED,
    )
    made = await connection.execute(
        statement.returning(t.event_keys.c.event),
        [
            {
                "tenant": "default",
                "source": e.source,
                "event_id": e.event_id,
                "event": e.id,
                "received_at": ledger.now,
            }
            for e in sorted(events, key=lambda e: (e.source, e.event_id or ""))
        ],
    )
    if len(made.scalars().all()) != len(events):
        raise Contended(t.event_keys.name)


__all__ = ["Contended", "flush", "upserting"]
