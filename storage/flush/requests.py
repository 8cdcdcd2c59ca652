"""What was received, what was decided about it, and who is told the same again."""

from collections.abc import Sequence
from datetime import timedelta
from operator import attrgetter
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ledger import Ledger
from bot.ports.store import EventRow, RawBody
from storage import tables as t
from storage.bulk import Bulk
from storage.flush.contended import Contended, upserting
from storage.flush.together import Together

REMEMBERED: Final = timedelta(hours=24)
"""How long the same `(source, event_id)` gets its first reply again."""


async def write_requests(
    together: Together,
    ledger: Ledger,
    raw: Sequence[RawBody],
    events: Sequence[EventRow],
) -> None:
    together.add(_NEW_RAW_BODIES, [(r.id, r.source, ledger.now, r.body) for r in raw])
    together.add(_NEW_EVENTS, [(*_EVENT(e), ledger.now) for e in events])
    keyed = [e for e in events if e.deduplicated and e.event_id is not None]
    if keyed:
        await _event_keys(together.connection, ledger, keyed)


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
