"""Entries and their erasable bodies."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from bot.domain.ledger import Chained
from storage import tables as t
from storage.bulk import Bulk
from storage.flush.together import Together

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


def write_entries(together: Together, chained: Sequence[Chained]) -> None:
    together.add(
        _NEW_ENTRIES,
        [(*_ENVELOPE(c.entry), c.incident, c.digest, c.previous, c.hash) for c in chained],
    )
    together.add(
        _NEW_BODIES,
        [(c.entry.tenant, c.entry.stream, c.entry.seq, c.salt, c.body) for c in chained],
    )
