"""Carries out commands whose process died after they were kept."""

from typing import Any

from handlers.jobs import Job


async def recover(muster: Any) -> int:
    done: int = await muster.inbox.recover()
    return done


job = Job(15.0, recover)
