"""Walking a chain, entry by entry."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Row, and_, select

from bot.domain.entry import GENESIS, Envelope, body_digest, incident_stream, link
from storage import tables as t
from storage.facts import TENANT
from storage.findings import Finding

ENTRIES: Final = (
    select(
        t.entries,
        t.entry_bodies.c.seq.label("body_seq"),
        t.entry_bodies.c.salt,
        t.entry_bodies.c.body,
        t.entry_bodies.c.erased_at,
    )
    .outerjoin(
        t.entry_bodies,
        and_(
            t.entry_bodies.c.tenant == t.entries.c.tenant,
            t.entry_bodies.c.stream == t.entries.c.stream,
            t.entry_bodies.c.seq == t.entries.c.seq,
        ),
    )
    .where(t.entries.c.tenant == TENANT)
    .order_by(t.entries.c.stream, t.entries.c.seq)
)


class Chain:
    """How far a chain was followed."""

    def __init__(self, stream: str) -> None:
        self.stream, self.seq, self.hash = stream, 0, GENESIS

    def follow(self, row: Row[*tuple[Any, ...]]) -> Iterator[Finding]:
        """What is wrong with the next entry; afterwards it counts as followed, right or wrong."""
        where = f"{self.stream} entry {row.seq}"
        if row.seq != self.seq + 1:
            yield Finding(self.stream, _missing(self.seq + 1, row.seq - 1))
        elif row.previous != self.hash:
            yield Finding(where, "it is not chained to the entry before it")
        if link(row.previous, _envelope(row), row.digest) != row.hash:
            yield Finding(where, "its envelope (who, when, which type) was changed")
        if row.incident is not None and incident_stream(row.incident) != self.stream:
            yield Finding(where, f"it says it belongs to incident {row.incident}")
        yield from _body(row, where)
        self.seq, self.hash = row.seq, row.hash


def _missing(first: int, last: int) -> str:
    return (
        f"entry {first} is missing" if first == last else f"entries {first} to {last} are missing"
    )


def _envelope(row: Row[*tuple[Any, ...]]) -> Envelope:
    return Envelope(
        tenant=row.tenant,
        stream=row.stream,
        seq=row.seq,
        event_id=row.event_id,
        type=row.type,
        actor_type=row.actor_type,
        actor_id=row.actor_id,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        origin=row.origin,
        corrects=row.corrects,
    )


def _bytes(body: Any) -> bytes:
    """SQLite keeps what it is given: who tampers by hand leaves text where bytes were."""
    return body if isinstance(body, bytes) else str(body).encode(errors="replace")


def _body(row: Row[*tuple[Any, ...]], where: str) -> Iterator[Finding]:
    if row.body_seq is None:
        yield Finding(where, "its body is missing")
    elif row.body is None:
        if row.erased_at is None:
            yield Finding(where, "its body is empty, and nobody erased it")
    elif body_digest(str(row.salt), _bytes(row.body)) != row.digest:
        yield Finding(where, "its body (words and changed values) was changed")
