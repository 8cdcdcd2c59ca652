"""Lists what opened quietly, once a day."""

from typing import Any

from handlers.jobs import Job


async def digest(muster: Any) -> int:
    count: int = await muster.digest.queue(muster.store.now())
    return count


job = Job(1_800.0, digest)
