"""Checkpoints: signed, one after the other, and only of what changed."""

import asyncio

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.entry import incident_stream
from storage import tables as t
from storage.checkpoints import checkpoint, checkpoint_key, digest_of, sign
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.records import enter, open_incident
from tests.tampering import KEY, do, findings


async def test_a_checkpoint_covers_only_what_changed(
    store: SqlStore, number: int, clock: FakeClock
) -> None:
    clock.forward(hours=1)
    assert await checkpoint(store, KEY) == 2
    assert await checkpoint(store, KEY) is None
    async with store.reading() as connection:
        rows = await connection.execute(
            select(t.checkpoint_heads.c.stream, t.checkpoint_heads.c.count).where(
                t.checkpoint_heads.c.checkpoint == 2
            )
        )
        assert rows.all() == [("incident:3", 2)]


async def test_what_was_committed_late_is_covered_by_the_next_checkpoint(
    store: SqlStore, number: int, clock: FakeClock
) -> None:
    """On PostgreSQL a transaction that began before a checkpoint may commit after it."""
    clock.forward(hours=1)
    await enter(store, number)
    await checkpoint(store, KEY)
    clock.forward(seconds=-5)
    late = await open_incident(store, "Came in late")
    clock.forward(hours=1)
    await checkpoint(store, KEY)
    async with store.reading() as connection:
        heads = t.checkpoint_heads.c
        rows = await connection.execute(select(heads.stream).where(heads.checkpoint == 3))
        assert rows.scalars().all() == [incident_stream(late)]


async def test_two_checkpoints_at_once_follow_one_another(store: SqlStore, number: int) -> None:
    await asyncio.gather(*(checkpoint(store, KEY) for _ in range(4)))
    assert await findings(store) == []


async def test_a_forged_checkpoint_is_found(store: SqlStore, number: int) -> None:
    async def forge(connection: AsyncConnection) -> None:
        last = (await connection.execute(select(t.checkpoints))).one()
        digest = digest_of([], last.covers_until, last.signature)
        await connection.execute(
            insert(t.checkpoints).values(
                taken_at=last.taken_at,
                covers_until=last.covers_until,
                streams=0,
                digest=digest,
                signature=sign(checkpoint_key("guessed"), digest),
            )
        )

    await do(store, forge)
    assert await findings(store) == [
        "checkpoint 2: it was not signed with the key of MUSTER_SECRET_KEY"
    ]


async def test_a_changed_and_a_removed_checkpoint_are_found(
    store: SqlStore, number: int, clock: FakeClock
) -> None:
    for _ in range(2):
        clock.forward(hours=1)
        await enter(store, number)
        await checkpoint(store, KEY)

    async def tamper(connection: AsyncConnection) -> None:
        heads = t.checkpoint_heads
        await connection.execute(delete(t.checkpoints).where(t.checkpoints.c.id == 2))
        await connection.execute(delete(heads).where(heads.c.checkpoint == 2))
        await connection.execute(
            delete(heads).where(heads.c.checkpoint == 1, heads.c.stream == "incident:1")
        )

    assert await findings(store) == []
    await do(store, tamper)
    why = "it does not fit: what it covers, or the checkpoint before it, was changed or removed"
    assert await findings(store) == [f"checkpoint 1: {why}", f"checkpoint 3: {why}"]
