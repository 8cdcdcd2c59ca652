"""Follows the database server's clock, and notices when this machine's wall clock is set."""

from typing import Any

from handlers.jobs import Job


async def follow(muster: Any) -> None:
    await muster.store.follow_server_time()
    muster.clock.watch_wall()


job = Job(10.0, follow)
