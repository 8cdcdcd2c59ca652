"""A note follows the message that it quotes: what it needs to know on any platform."""

from collections.abc import AsyncIterator
from dataclasses import replace

from bot.chat.desk import Desk
from bot.domain.entry import QUOTES, Entry
from bot.domain.people import SYSTEM, Actor, Right
from bot.ports.queries import MUSTER, Viewer


async def entries_of(desk: Desk, number: int) -> AsyncIterator[Entry]:
    """All of them, however many, the oldest first."""
    after = 0
    while batch := await desk.queries.entries(number, MUSTER, after=after):
        for entry in batch:
            yield entry
        after = batch[-1].seq


async def quoting(desk: Desk, number: int, where: str) -> list[Entry]:
    """What was ever entered for the words at this address."""
    return [e async for e in entries_of(desk, number) if e.metadata.get(QUOTES) == where]


async def writes(desk: Desk, author: Actor, number: int) -> Actor:
    """The message's author; Muster, where they may not write in the timeline that quotes them: a
    guest, or somebody whom the incident is none of the business of."""
    if author.right.reaches(Right.RESPONDER) and (
        author.id == SYSTEM.id or await desk.queries.incident(number, Viewer(author.id))
    ):
        return author
    here = {name: said for name, said in author.origin.items() if name in ("platform", "room")}
    return replace(SYSTEM, origin=here)
