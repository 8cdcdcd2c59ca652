"""Erasing what an entry says, while its chain goes on holding."""

from datetime import datetime

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables as t
from storage.facts import TENANT


async def erase_body(connection: AsyncConnection, stream: str, seq: int, now: datetime) -> bool:
    """Erases words and changed values of one entry; False where there is nothing to erase.

    The salt goes too: without it nobody can prove a guess at what was said. The caller enters who
    erased it and why, and mends what else repeats the words (the incident's row, the search).
    """
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:  # overwrite the bytes in the file, too
        await connection.execute(text("PRAGMA secure_delete = ON"))
    try:
        erased = await connection.execute(
            update(t.entry_bodies)
            .where(
                t.entry_bodies.c.tenant == TENANT,
                t.entry_bodies.c.stream == stream,
                t.entry_bodies.c.seq == seq,
                t.entry_bodies.c.body.is_not(None),
            )
            .values(body=None, salt="", erased_at=now)
            .returning(t.entry_bodies.c.seq)
        )
        return erased.scalar_one_or_none() is not None
    finally:
        if sqlite:
            await connection.execute(text("PRAGMA secure_delete = OFF"))
