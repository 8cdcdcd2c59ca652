"""Sees to it that whoever is in a schedule can be written to before they must be."""

from typing import Any

from handlers.jobs import Job


async def prepare(muster: Any) -> None:
    if not await muster.delivery.hold.on():
        await muster.reaching.prepare(muster.store.now())


job = Job(30.0, prepare)
