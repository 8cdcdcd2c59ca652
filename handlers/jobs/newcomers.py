"""Learns whom other replicas met."""

from typing import Any

from handlers.jobs import Job


async def load(muster: Any) -> None:
    await muster.newcomers.load()


job = Job(30.0, load)
