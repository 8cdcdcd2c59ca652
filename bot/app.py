"""The one place where everything meets: the map of the core process. Start reading at `build`.

`bot.core` is the half of it that takes alerts; it is imported and opens its doors before this one.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from importlib import import_module
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp
import structlog
from aiohttp import web

from bot.chat.adoption import Adoption
from bot.chat.applying import Applying
from bot.chat.complete import Completion
from bot.chat.desk import Desk, Listens
from bot.chat.inbox import Inbox
from bot.chat.reaching import Reaching
from bot.chat.router import Router
from bot.core import Core
from bot.domain.errors import ConfigError
from bot.domain.policy import Policies
from bot.engine.analysis.analysing import Analysing
from bot.engine.analysis.consulting import Consulting
from bot.engine.analysis.foreign import Fence
from bot.engine.analysis.guarding import Guarding
from bot.engine.analysis.spending import Spending
from bot.engine.assembly import Engine
from bot.engine.delivery import Delivery
from bot.engine.digest import Digest
from bot.engine.figures import Figures
from bot.engine.jobs import Jobs
from bot.engine.knowledge.asking import Knowledge
from bot.engine.knowledge.indexing import Indexing
from bot.engine.knowledge.keeping import Keeping
from bot.engine.knowledge.nearness import Nearness
from bot.engine.knowledge.suggesting import Suggesting
from bot.engine.knowledge.telling import Telling
from bot.engine.newcomers import Newcomers
from bot.engine.page_links import PageLinks
from bot.engine.postmortem.wording import Wording
from bot.llm.chat import missing
from bot.notify import CHANNELS
from bot.platforms import LISTENERS, REACHES, SURVEYS
from bot.platforms.web.live import Live
from bot.ports.analyst import NOBODY, Ability, Analyst
from bot.ports.channel import Channel
from bot.ports.clock import Clock
from bot.ports.queries import Counts, Viewer
from bot.supervisor import Supervisor
from bot.telemetry import Telemetry
from config.loader import load_policies
from config.settings import Settings
from handlers.api.analyses import AnalysisSubject
from handlers.api.caller import Callers
from handlers.api.finding import Finder
from handlers.api.rest import Rest
from handlers.commands import COMMANDS
from handlers.doors.documents import Documents
from handlers.doors.sample import sample_alert
from handlers.doors.told import DoorSubject
from handlers.health import Health
from handlers.jobs import JOBS
from handlers.machine import look
from handlers.numbers import Numbers, Standing
from handlers.registry import resolve
from handlers.vitals import vitals_of
from handlers.web.room import WebRoom
from handlers.web.shell import Shell
from handlers.web.visitor import Visitors
from storage.analyses import SqlAnalyses
from storage.analyst_jobs import AnalystElsewhere
from storage.checkpoints import checkpoint, checkpoint_key
from storage.hints import Listener
from storage.in_force import put_in_force
from storage.library.library import SqlLibrary
from storage.logins import Logins
from storage.newcomers import SqlNewcomers
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
    indexing: Indexing
    keeping: Keeping
    suggesting: Suggesting
    wording: Wording
    spending: Spending
    newcomers: Newcomers
    digest: Digest
    listening: Mapping[str, Listens]
    reaching: Reaching
    analyst: Analyst
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
        self._loops = [
            asyncio.create_task(self.engine.timers.run(), name="timers"),
            asyncio.create_task(self.delivery.run(), name="delivery"),
            asyncio.create_task(self.listener.run(), name="hints"),
            asyncio.create_task(self.indexing.run(), name="indexing"),
            asyncio.create_task(self.keeping.run(), name="keeping"),
            asyncio.create_task(self.suggesting.run(), name="suggesting"),
            asyncio.create_task(self.wording.run(), name="wording"),
        ]
        if isinstance(self.analyst, Supervisor | AnalystElsewhere):
            self._loops.append(asyncio.create_task(self.analyst.run(), name="analyst"))
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
        self.standing.spent = await self.spending.today()

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


# building


def build(core: Core, *, secret: bytes, environment: Mapping[str, str] | None = None) -> Muster:
    """Everything, put together on what takes alerts already; nothing of it runs yet.

    `secret` signs the forms of the web room. `environment`: of the analyst, where one is wanted;
    without it there is none.
    """
    settings, store, engine, queries = core.settings, core.store, core.engine, core.queries
    rules, telemetry, hub, clock = core.rules, core.telemetry, core.hub, store.clock
    commands = [resolve(path) for path in COMMANDS.values()]
    analyst = _analyst(settings, environment, store, telemetry)
    consulting = _consulting(settings, store, analyst)
    library = SqlLibrary(store)
    keeping = Keeping(library, analyst)
    library.changed = keeping.look
    knowledge = Knowledge(library, clock, _new_id, Telling(consulting), Nearness(analyst))
    indexing = Indexing(library, queries)
    analysing = Analysing(consulting, knowledge, queries, rules, engine.oncall)
    applying = Applying(analysing, engine.amend)
    suggesting = Suggesting(knowledge, queries, engine.work, analysing)
    wording = Wording(analysing, queries, engine.work)
    links = PageLinks(secret, settings.public_url, clock.wall)
    delivery = Delivery(
        store,
        engine.work,
        Jobs(
            rules,
            queries,
            settings.public_url,
            links=links,
            one_way=CHANNELS,
            likeness=suggesting.card,
        ),
        core.channels,
        core.hold,
        observe=lambda name, seconds: telemetry.integration.labels(name).observe(seconds),
    )
    figures = Figures(
        lambda name, severity, seconds: (
            telemetry.incident_seconds[name].labels(severity).observe(seconds)
        )
    )
    listeners = (
        hub.told,
        engine.timers.told,
        delivery.told,
        figures.told,
        indexing.told,
        suggesting.told,
        wording.told,
    )
    for listener in listeners:
        store.tell(listener)
    core.early.pass_on(listeners)

    def tell_all(numbers: Iterable[int]) -> None:
        """Another replica committed something: pages look, loops look."""
        hub.changed(numbers)
        engine.timers.look()
        delivery.look()

    adoption, reaching = Adoption(queries), Reaching(rules)
    services = {
        **engine.services(),
        Clock: clock,
        Adoption: adoption,
        Reaching: reaching,
        Knowledge: knowledge,
        Applying: applying,
        Wording: wording,
        Guarding: Guarding(analysing, queries),
    }
    router = Router(commands, services, engine.work, queries)
    inbox = Inbox(engine.work, router, engine.people.actor)
    newcomers = Newcomers(rules, SqlNewcomers(store), settings.default_rights)
    desk = Desk(
        inbox=inbox,
        queries=queries,
        oncall=engine.oncall,
        people=engine.people,
        newcomers=newcomers,
        clock=clock,
    )
    listening = _listening(settings, core.channels, desk)
    for name, path in REACHES.items():
        if name in core.channels:
            reaching.ways[name] = resolve(path)(core.channels[name])
    for name, path in SURVEYS.items():
        if name in listening:
            adoption.surveys[name] = resolve(path)(core.channels[name], listening[name], clock)
    standing = Standing(Counts())
    muster = Muster(
        settings=settings,
        store=store,
        clock=clock,
        engine=engine,
        delivery=delivery,
        inbox=inbox,
        standing=standing,
        queries=queries,
        application=core.application,
        session=core.session,
        listener=Listener(store.database, tell_all),
        indexing=indexing,
        keeping=keeping,
        suggesting=suggesting,
        wording=wording,
        spending=consulting.spending,
        newcomers=newcomers,
        digest=Digest(engine.work, queries, engine.work.announce.homes),
        listening=listening,
        reaching=reaching,
        analyst=analyst,
    )
    telemetry.scrape(
        Numbers(
            intake=engine.intake,
            delivery=delivery,
            figures=figures,
            standing=standing,
            now=store.now,
            started_at=store.now(),
            machine=lambda: look(settings.database_path),
            requests=core.requests,
            live=hub.connected,
            connections=store.database.in_use,
            swept_at=lambda: engine.timers.swept_at,
            retries=lambda: store.retries,
            jumps=lambda: clock.jumps,
        )
    )
    visitors = Visitors(
        policies=lambda: rules.policies,
        logins=Logins(store),
        secret=secret,
        public_url=settings.public_url,
        dev=settings.dev,
    )
    caller = Callers(core.credentials, engine.people, visitors)
    rest = Rest(
        caller=caller,
        store=store,
        queries=queries,
        rules=rules,
        incidents=engine.incidents,
        amend=engine.amend,
        silences=engine.silences,
        more=(
            DoorSubject(),
            AnalysisSubject(Finder(queries), applying, router, _new_id),
        ),
        dev=settings.dev,
        knowledge=knowledge,
        wording=wording,
        address=partial(_absolute, settings.public_url),
    )
    shell = Shell(
        visitors=visitors,
        queries=queries,
        notices=core.notices,
        hub=hub,
        policies=lambda: rules.policies,
        clock=clock,
        new_key=lambda: str(uuid4()),
        sample=sample_alert(settings.public_url),
        hold=core.hold,
        suggested=analysing.kept.pending,
    )
    room = WebRoom(
        shell,
        oncall=engine.oncall,
        inbox=inbox,
        complete=Completion(router.words, rules, queries),
        live=Live(queries, core.notices, hub, presence=core.presence),
        caller=caller,
        links=links,
    )
    without = missing(settings.llm)
    vitals = vitals_of(
        store=store,
        queries=queries,
        engine=engine,
        delivery=delivery,
        complaints=lambda: [*settings.warnings, *without, *muster.complaints],
        refresh=muster.refresh_standing,
        platforms=lambda: {name: one.facts() for name, one in listening.items()},
        analyst=lambda: {ability.value: analyst.facts(ability) for ability in Ability},
        spent=lambda: [asdict(one) for one in standing.spent],
    )
    core.pages.open(
        [
            *rest.routes(),
            *Documents(caller, library).routes(),
            *room.routes(),
            *Health(vitals, telemetry).routes(),
            *(route for platform in listening.values() for route in platform.routes()),
        ],
        close=room.close,
    )
    return muster


def _listening(
    settings: Settings, channels: Mapping[str, Channel], desk: Desk
) -> dict[str, Listens]:
    """The chat platforms that hear people by themselves."""
    return {
        name: resolve(path)(getattr(settings, name), channels[name], desk)
        for name, path in LISTENERS.items()
        if name in channels
    }


def _analyst(
    settings: Settings,
    environment: Mapping[str, str] | None,
    store: SqlStore,
    telemetry: Telemetry,
) -> Analyst:
    """A child of ours; without a model and an embedding here, whoever is there on PostgreSQL."""
    if environment is None:
        return NOBODY
    if settings.wants_analyst:
        took = telemetry.analysis.labels
        return Supervisor(environment, observe=lambda kind, seconds: took(kind).observe(seconds))
    return NOBODY if store.database.is_sqlite else AnalystElsewhere(store, _new_id)


def _consulting(settings: Settings, store: SqlStore, analyst: Analyst) -> Consulting:
    """How a model is asked, with what may be spent on it."""
    return Consulting(
        analyst=analyst,
        analyses=SqlAnalyses(store),
        allowance=settings.llm,
        clock=store.clock,
        new_id=_new_id,
        fence=lambda: Fence(token_hex(8)),
        hosts=_link_hosts(settings),
        configured=settings.llm.enabled,
    )


def _link_hosts(settings: Settings) -> frozenset[str]:
    """Where a model's words may link to: to us, and where the settings say."""
    ours = urlsplit(settings.public_url).hostname or ""
    return frozenset({*settings.llm.link_hosts, ours} - {""})


def _absolute(public_url: str, link: str) -> str:
    return f"{public_url.rstrip('/')}{link}" if link.startswith("/") else link


def _new_id() -> str:
    return uuid4().hex
