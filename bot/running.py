"""A core process that was built: it is started, reloaded and stopped here."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import Any

import aiohttp
import structlog
from aiohttp import web

from bot.answers import Answers
from bot.chat.desk import Listens
from bot.chat.inbox import Inbox
from bot.chat.reaching import Reaching
from bot.domain.errors import ConfigError
from bot.domain.policy import Policies
from bot.engine.assembly import Engine
from bot.engine.delivery import Delivery
from bot.engine.digest import Digest
from bot.engine.newcomers import Newcomers
from bot.ports.clock import Clock
from bot.ports.queries import Viewer
from config.loader import load_policies
from config.settings import Settings
from handlers.jobs import JOBS
from handlers.numbers import Standing
from handlers.registry import resolve
from storage.checkpoints import checkpoint, checkpoint_key
from storage.hints import Listener
from storage.in_force import put_in_force
from storage.prune import prune
from storage.queries import SqlQueries
from storage.store import SqlStore

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Muster:
    """A core process, built; `start` and `stop` belong together."""

    settings: Settings
    store: SqlStore
    clock: Clock
    engine: Engine
    delivery: Delivery
    inbox: Inbox
    standing: Standing
    queries: SqlQueries
    application: web.Application
    session: aiohttp.ClientSession
    complaints: list[str] = field(default_factory=list)
    listener: Listener
    answers: Answers
    newcomers: Newcomers
    digest: Digest
    listening: Mapping[str, Listens]
    reaching: Reaching
    _loops: list[asyncio.Task[None]] = field(default_factory=list)
    _noting: set[asyncio.Task[None]] = field(default_factory=set)
    _scheduler: Any = None

    async def start(self) -> None:
        """Starts what accepts; what decides by time and what sends follow it at once."""
        await self.newcomers.load()
        if self.store.database.is_sqlite:  # nobody else serves it: what is begun was left behind
            await self.delivery.take_over()
            await self.inbox.recover(self.store.now())
        self.engine.intake.start()
        loops = {
            "timers": self.engine.timers.run(),
            "delivery": self.delivery.run(),
            "hints": self.listener.run(),
            **self.answers.loops(),
        }
        self._loops = [asyncio.create_task(loop, name=name) for name, loop in loops.items()]
        for platform in self.listening.values():
            await platform.start()

    def wake_now_and_then(self) -> None:
        """Hands the periodic jobs to APScheduler; late, since importing it takes a while."""
        jobs = {name: resolve(path) for name, path in JOBS.items()}
        start = import_module("bot.schedule").start
        self._scheduler = start(
            {name: (job.every, partial(job.run, self)) for name, job in jobs.items()}
        )

    async def stop(self) -> None:
        """Answers whoever waits, then ends the loops; what was queued stays queued."""
        await self.fall_silent()
        await self.close()

    async def fall_silent(self) -> None:
        """From here on nothing is decided, sent or written any more, except by the caller."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
        for platform in self.listening.values():
            await platform.stop()
        await self.inbox.stop()
        await self.engine.intake.stop()
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, *self._noting, return_exceptions=True)

    async def close(self) -> None:
        await self.session.close()
        await self.store.database.close()

    async def take_checkpoint(self) -> None:
        """Signs how long every chain is by now."""
        key = self.settings.secret_key
        await checkpoint(self.store, checkpoint_key(key.get_secret_value() if key else ""))

    async def prune(self) -> None:
        """Drops what was kept long enough."""
        gone = await prune(self.store, self.settings.retention)
        if gone:
            log.info("pruned", **gone)

    async def refresh_standing(self) -> None:
        """What the metrics say of the database, read for each scrape."""
        facts = await self.queries.delivery()
        self.standing.pending, self.standing.failed = facts.pending, facts.failed
        self.standing.counts = await self.queries.counts(Viewer(everything=True))
        self.standing.spent = await self.answers.consulting.spending.today()

    def reload(self) -> None:
        """New policies, or the last good ones and a complaint that says why."""
        try:
            policies = load_policies(self.settings.policies_folder, dev=self.settings.dev)
        except ConfigError as wrong:
            self.complaints[:] = [f"policies were not reloaded: {wrong}"]
            log.warning("policies_not_reloaded", reason=str(wrong))
            return
        self.complaints.clear()
        self.engine.rules.swap(policies)
        log.info("policies_reloaded", version=policies.version)
        noting = asyncio.create_task(self.note(policies), name="policies in force")
        self._noting.add(noting)
        noting.add_done_callback(self._noting.discard)

    async def note(self, policies: Policies) -> None:
        """Writes down which policies are in force; a database that is away is no reason to stop."""
        try:
            await put_in_force(self.store, policies)
        except Exception:
            log.warning("policies_not_noted", version=policies.version, exc_info=True)
