"""Signed checkpoints: how long every chain was at some time, and what its head was.

A chain alone cannot tell that its tail was cut. A checkpoint keeps count and head of each chain
that changed since the one before; its digest covers them and the signature of that one, so
checkpoints are a chain themselves, and nobody without the key can make one.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Select, and_, func, insert, select, text

from storage import tables as t
from storage.facts import TENANT
from storage.store import SqlStore
from storage.types import EPOCH, to_micros
from storage.units import SqlUnit
from storage.writing import write

PURPOSE: Final = b"muster checkpoint v1"
FIRST: Final = ""
"""The signature before the first checkpoint."""

LATE: Final = timedelta(minutes=10)
"""On PostgreSQL an entry may be committed after a checkpoint and bear an earlier time."""

TAKING: Final = 0x6D636B70
"""PostgreSQL's advisory lock, so that replicas do not put two checkpoints after the same one."""


@dataclass(frozen=True, slots=True, order=True)
class Head:
    """A chain had `count` entries, and this was the hash of the last one."""

    stream: str
    count: int
    hash: str


def checkpoint_key(secret_key: str) -> bytes:
    """The signing key that belongs to MUSTER_SECRET_KEY (in dev it may be empty)."""
    return hmac.digest(secret_key.encode(), PURPOSE, "sha256")


def digest_of(heads: Iterable[Head], covers_until: datetime, previous: str) -> str:
    """64 hex digits over the heads, in order of their streams, and the signature before."""
    covered = sha256(f"{previous}\n{to_micros(covers_until)}\n".encode())
    for head in heads:
        covered.update(f"{head.stream}\0{head.count}\0{head.hash}\n".encode())
    return covered.hexdigest()


def sign(key: bytes, digest: str) -> str:
    return hmac.digest(key, digest.encode(), "sha256").hex()


async def checkpoint(store: SqlStore, key: bytes) -> int | None:
    """Takes a checkpoint of every chain that changed since the last one.

    Returns its id; None where nothing changed.
    """
    now = store.now()
    heads = await _changed(store)
    if not heads:
        return None

    async def take(unit: SqlUnit) -> int:
        if unit.dialect == "postgresql":
            await unit.connection.execute(
                text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": TAKING}
            )
        last = (await unit.connection.execute(_LAST)).one_or_none()
        digest = digest_of(heads, now, last.signature if last is not None else FIRST)
        made = await unit.connection.execute(
            insert(t.checkpoints)
            .values(
                taken_at=unit.now,
                covers_until=now,
                streams=len(heads),
                digest=digest,
                signature=sign(key, digest),
            )
            .returning(t.checkpoints.c.id)
        )
        id = int(made.scalar_one())
        await unit.connection.execute(
            insert(t.checkpoint_heads),
            [
                {"checkpoint": id, "stream": h.stream, "count": h.count, "head": h.hash}
                for h in heads
            ],
        )
        return id

    return await write(store, take)


_LAST: Final = select(t.checkpoints).order_by(t.checkpoints.c.id.desc()).limit(1)


async def _changed(store: SqlStore) -> list[Head]:
    """Heads that no recent checkpoint has, in the order of their streams' bytes."""
    async with store.reading() as connection:
        last = (await connection.execute(_LAST)).one_or_none()
        since = last.covers_until - LATE if last is not None else EPOCH
        recent = select(t.checkpoints.c.id).where(t.checkpoints.c.covers_until >= since)
        known = {
            Head(*row)
            for row in await connection.execute(
                select(
                    t.checkpoint_heads.c.stream,
                    t.checkpoint_heads.c.count,
                    t.checkpoint_heads.c.head,
                ).where(t.checkpoint_heads.c.checkpoint.in_(recent))
            )
        }
        heads = {Head(*row) for row in await connection.execute(_heads_since(since))}
    return sorted(heads - known, key=by_stream)


def by_stream(head: Head) -> bytes:
    return head.stream.encode()


def _heads_since(since: datetime) -> Select[Any]:
    """The last entry of each chain that has one recorded since then."""
    tails = (
        select(t.entries.c.stream, func.max(t.entries.c.seq).label("seq"))
        .where(t.entries.c.recorded_at >= since)
        .group_by(t.entries.c.stream)
        .subquery()
    )
    last = and_(
        t.entries.c.tenant == TENANT,
        t.entries.c.stream == tails.c.stream,
        t.entries.c.seq == tails.c.seq,
    )
    return select(t.entries.c.stream, t.entries.c.seq, t.entries.c.hash).join(tails, last)
