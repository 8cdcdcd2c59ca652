"""What somebody with the database's password may do to the record, and what an audit says."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.entry import incident_stream
from storage import tables as t
from storage.audit import Audit, verify
from storage.checkpoints import checkpoint_key
from storage.store import SqlStore

KEY = checkpoint_key("k" * 40)

Deed = Callable[[AsyncConnection], Awaitable[None]]


async def do(store: SqlStore, deed: Deed) -> None:
    """What somebody with the database's password does behind our back."""
    async with store.database.writer.begin() as connection:
        await deed(connection)


async def audit(store: SqlStore) -> Audit:
    return await verify(store.database, KEY)


async def findings(store: SqlStore) -> list[str]:
    return [str(finding) for finding in (await audit(store)).findings]


def entry(number: int, seq: int) -> Any:
    return (t.entries.c.stream == incident_stream(number)) & (t.entries.c.seq == seq)


def body(number: int, seq: int) -> Any:
    return (t.entry_bodies.c.stream == incident_stream(number)) & (t.entry_bodies.c.seq == seq)
