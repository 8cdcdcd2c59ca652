"""`muster serve --role analyst`: models and vectors on a machine of their own.

It shares nothing with the cores but their PostgreSQL, where it claims their jobs
(storage/analyst_jobs.py).
"""

import asyncio
import signal

import structlog

from bot.analyst import Workers
from bot.domain.errors import ConfigError
from bot.telemetry import set_up_logs
from config.settings import Settings
from storage.analyst_jobs import AnalystHere
from storage.clock import SystemClock
from storage.database import open_database
from storage.schema import check, place
from storage.store import SqlStore

log = structlog.get_logger()


async def serve(settings: Settings) -> None:
    """Answers jobs until it is asked to stop.

    Raises:
        ConfigError: there is no PostgreSQL, or nothing here that could answer.
    """
    set_up_logs(level=settings.log_level, json=settings.log_format == "json")
    if settings.database_path is not None or settings.database_url.startswith("sqlite"):
        raise ConfigError(
            "--role analyst claims its jobs on PostgreSQL; set MUSTER_DATABASE_URL to it. "
            "On SQLite `muster serve` starts its analyst itself."
        )
    database = open_database(settings.database_url)
    try:
        await check(database)
        workers = await Workers.connect(settings)
        if not workers.facts():
            raise ConfigError(
                "There is neither a model nor an embedding here; set MUSTER_LLM__MODEL, or "
                "MUSTER_KNOWLEDGE__EMBEDDING, and install the extra `ai`."
            )
        log.info("analyst", database=place(database), **workers.facts())
        store = SqlStore(database, SystemClock(), replica="analyst")
        await _until_stopped(AnalystHere(store, workers.facts(), workers.answer))
        await workers.close()
    finally:
        await database.close()


async def _until_stopped(analyst: AnalystHere) -> None:
    running = asyncio.create_task(analyst.run())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        log.info("stopping")
