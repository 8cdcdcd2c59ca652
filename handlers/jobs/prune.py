"""Drops what has been kept long enough, a little at a time."""

from typing import Any

from handlers.jobs import Job


async def prune(muster: Any) -> None:
    await muster.prune()


job = Job(900.0, prune)
