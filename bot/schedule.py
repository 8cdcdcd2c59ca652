"""APScheduler wakes what must happen now and then. It owns no timer of an incident.

What is missed while the process sleeps is simply done at the next waking; each job asks the
database what there is to do.
"""

from collections.abc import Awaitable, Callable, Mapping

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.domain.errors import Away

log = structlog.get_logger()

Job = Callable[[], Awaitable[object]]


def start(jobs: Mapping[str, tuple[float, Job]]) -> AsyncIOScheduler:
    """Wakes each job (`name` → seconds between, what to do); the caller shuts it down."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    for name, (seconds, job) in jobs.items():
        scheduler.add_job(
            _guarded(name, job),
            "interval",
            seconds=seconds,
            id=name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    return scheduler


def _guarded(name: str, job: Job) -> Callable[[], Awaitable[None]]:
    """The loop's edge: a failing job is logged and comes again."""

    async def run() -> None:
        try:
            await job()
        except Away:
            return
        except Exception:
            log.exception("job_failed", job=name)

    return run
