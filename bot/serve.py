"""Running the core: one process, from the settings to the last answer."""

import asyncio
import gc
import hmac
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Final

import structlog
from aiohttp import web

from bot.core import Core, lay
from bot.domain.errors import ConfigError
from bot.gently import import_gently
from bot.ports import failpoint
from bot.telemetry import set_up_logs
from config.loader import load_policies
from config.settings import Settings
from handlers.doors.sample import sample_alert
from storage.clock import SystemClock
from storage.database import Database, open_database
from storage.form_secret import form_secret
from storage.instance import claim_instance, lock_database
from storage.schema import check, create_or_upgrade, place
from storage.store import SqlStore

if TYPE_CHECKING:
    from bot.running import Muster

log = structlog.get_logger()

GRACE: Final = 10.0
"""Seconds that requests in flight get when the process is asked to stop."""

RARELY: Final = (20_000, 20, 20)
"""How many more objects there are before garbage is looked for, and each how many times the older
ones are looked at too. A batch of alerts is thousands of objects, none of them garbage: by the
usual (700, 10, 10) a seventh of the work on repetitions was looking for it."""

SEALING: Final = 5.0
"""Seconds that the checkpoint at the end may take."""


async def serve(settings: Settings, environment: Mapping[str, str]) -> None:
    """Runs the core until it is asked to stop; its analyst is started with this environment.

    Raises:
        ConfigError: something is missing or does not fit; the text names what to mend.
    """
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # too early to reload anything
    set_up_logs(level=settings.log_level, json=settings.log_format == "json")
    failpoint.arm(settings.failpoints)
    _complain(settings)
    policies = load_policies(settings.policies_folder, dev=settings.dev)
    database = open_database(settings.database_url)
    with _alone(settings):
        await _ready(settings, database)
        clock = SystemClock()
        store = SqlStore(database, clock)
        await store.catch_up()
        core = lay(settings, policies, store)
        stop = _asked_to_stop()
        try:
            async with _doors(core):
                if await claim_instance(store):  # before anything goes out
                    log.warning("held", why="this database belongs to another instance")
                muster = await _whole(core, environment)
                await muster.note(policies)
                await stop.wait()
                log.info("stopping")
            await muster.fall_silent()
            await _seal(muster)
        finally:
            await core.close()


def _asked_to_stop() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


@asynccontextmanager
async def _doors(core: Core) -> AsyncIterator[None]:
    """Open, so that alerts are taken; at the end everybody who waits is answered."""
    settings = core.settings
    runner = web.AppRunner(
        core.application,
        access_log=None,
        handle_signals=False,
        auto_decompress=False,
        shutdown_timeout=GRACE,
        keepalive_timeout=75,
    )
    await runner.setup()
    core.engine.intake.start()
    try:
        await _listen(runner, settings)
        yield
    finally:
        await core.engine.intake.stop()
        await runner.cleanup()


async def _listen(runner: web.AppRunner, settings: Settings) -> None:
    try:
        await web.TCPSite(runner, settings.host, settings.port, backlog=1024).start()
    except OSError as wrong:
        number = wrong.errno or 0  # negative: a name that nobody knows
        why = os.strerror(number) if number > 0 else wrong.strerror
        raise ConfigError(
            f"Cannot listen on {settings.host} port {settings.port}: {why}. "
            "MUSTER_HOST and MUSTER_PORT say where to listen."
        ) from wrong


async def _whole(core: Core, environment: Mapping[str, str]) -> "Muster":
    """The rest of Muster, built and started while the doors are open; see bot.gently.

    Whatever is wrong with it ends the start: doors without the rest would take what nobody sends.
    """
    settings = core.settings
    await import_gently(core.engine.intake)
    from bot.app import build  # noqa: PLC0415  # it waited for the doors

    muster = build(core, secret=await _secret(settings, core.store), environment=environment)
    gc.freeze()  # what is imported and built never becomes garbage
    gc.set_threshold(*RARELY)
    await muster.start()
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, muster.reload)
    muster.wake_now_and_then()
    log.info("serving", address=settings.public_url, env=settings.env)
    if settings.dev:
        _greet(settings)
    return muster


async def _secret(settings: Settings, store: SqlStore) -> bytes:
    """What signs forms; in dev without a secret key the database keeps one."""
    key = settings.secret_key
    if key is None:
        return await form_secret(store)
    return hmac.digest(key.get_secret_value().encode(), b"muster web", "sha256")


def _complain(settings: Settings) -> None:
    if missing := settings.missing():
        raise ConfigError("\n".join(missing))
    for warning in settings.warnings:
        log.warning("settings", warning=warning)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """SQLite has one writer, so one server; PostgreSQL takes as many as there are."""
    if settings.database_path is None:
        yield
        return
    with lock_database(settings.database_path):
        yield


async def _ready(settings: Settings, database: Database) -> None:
    """In dev the database is made and upgraded; elsewhere that is a person's decision."""
    if settings.dev:
        await create_or_upgrade(database)
    else:
        await check(database)
    log.info("database", at=place(database))


async def _seal(muster: "Muster") -> None:
    """A last checkpoint: while nobody serves, nothing of the record can be cut off unseen."""
    try:
        async with asyncio.timeout(SEALING):
            await muster.take_checkpoint()
    except Exception:
        log.warning("no_last_checkpoint", exc_info=True)


def _greet(settings: Settings) -> None:
    """What a newcomer does next, on the terminal."""
    sys.stdout.write(
        f"\n  Muster is running: {settings.public_url}\n\n"
        "  Fire a sample alert from another terminal:\n\n"
        f"    {sample_alert(settings.public_url)}\n\n"
    )
    sys.stdout.flush()
