"""Entries and their erasable bodies."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ledger import Chained
from storage import tables as t
from storage.bulk import Bulk

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


async def write_entries(connection: AsyncConnection, chained: Sequence[Chained]) -> None:
    await _NEW_ENTRIES(
        connection,
        [(*_ENVELOPE(c.entry), c.incident, c.digest, c.previous, c.hash) for c in chained],
    )
    await _NEW_BODIES(
        connection,
        [(c.entry.tenant, c.entry.stream, c.entry.seq, c.salt, c.body) for c in chained],
    )
