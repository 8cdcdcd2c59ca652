"""Refreshes the numbers that a scrape shows of the database."""

from typing import Any

from handlers.jobs import Job


async def refresh(muster: Any) -> None:
    await muster.refresh_standing()


job = Job(5.0, refresh)
