"""What has to stand before the first alert can be taken: the stages, the engine and the doors.

`bot.app` builds everything else on it, while the doors are open already. Who asks for a page
meanwhile waits for it; what is committed meanwhile is told to those who listen later.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import aiohttp
from aiohttp import web

from bot.channels import chats, hooks, one_way
from bot.domain.alert import Alert
from bot.domain.ledger import Ledger
from bot.domain.policy import Policies
from bot.engine.assembly import Engine, assemble
from bot.engine.hold import Hold
from bot.engine.life import Life
from bot.engine.rules import IntakeRules, Rules
from bot.engine.stages import Stage
from bot.engine.stages.classify import Classify
from bot.engine.stages.correlate import Correlate
from bot.engine.stages.deduplicate import Deduplicate
from bot.engine.stages.inhibit import ByInhibition
from bot.engine.stages.open import OpenOrJoin
from bot.engine.stages.resolve import Resolve
from bot.engine.stages.route import ByRoute
from bot.engine.stages.silence import BySilence
from bot.platforms.web import connect as connect_web
from bot.ports.channel import Channel
from bot.ports.hub import Hub
from bot.telemetry import Telemetry
from config.settings import Settings
from handlers.credentials import Credentials
from handlers.doors.directory import Directory
from handlers.doors.enqueue import Enqueue
from handlers.doors.events import Events
from handlers.doors.found import FoundEvents
from handlers.doors.limits import Limits
from handlers.doors.webhooks import Webhooks
from handlers.guard import dev_guard
from handlers.http import error_middleware
from handlers.late import LatePages
from handlers.measure import Requests
from handlers.strict_json import decode
from storage.hold import is_held
from storage.notices import SqlNotices
from storage.presence import SqlPresence
from storage.queries import SqlQueries
from storage.store import SqlStore
from storage.tokens import SqlTokens

LANES: Final = 2
"""Batches of alerts that are at work at once on PostgreSQL; SQLite has one writer."""


def stages(rules: Rules, life: Life) -> Sequence[Stage]:
    """The way of an alert, in order."""
    return (
        Classify(),
        ByRoute(),
        Deduplicate(rules),
        BySilence(),
        ByInhibition(),
        Correlate(),
        OpenOrJoin(rules, life),
        Resolve(rules, life),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """Nothing of it runs before `engine.intake.start()`."""

    settings: Settings
    store: SqlStore
    rules: Rules
    queries: SqlQueries
    telemetry: Telemetry
    requests: Requests
    hub: Hub
    notices: SqlNotices
    presence: SqlPresence
    session: aiohttp.ClientSession
    channels: Mapping[str, Channel]
    hold: Hold
    engine: Engine
    credentials: Credentials
    pages: LatePages
    application: web.Application
    early: "Early"

    async def close(self) -> None:
        await self.session.close()
        await self.store.database.close()


class Early:
    """Keeps what was committed before everybody listened, and passes it on."""

    def __init__(self) -> None:
        self._ledgers: list[Ledger] | None = []

    def told(self, ledger: Ledger) -> None:
        if self._ledgers is not None:
            self._ledgers.append(ledger)

    def pass_on(self, listeners: Sequence[Callable[[Ledger], None]]) -> None:
        """Tells them; from here on nothing is kept, since the store tells them itself."""
        ledgers, self._ledgers = self._ledgers or [], None
        for ledger in ledgers:
            for listener in listeners:
                listener(ledger)


def lay(settings: Settings, policies: Policies, store: SqlStore) -> Core:
    """The core, put together. Needs a running event loop."""
    clock, database = store.clock, store.database
    rules = Rules(policies, _intake_rules(settings), archive_after=settings.slack.archive_after)
    telemetry, hub, notices = Telemetry(), Hub(), SqlNotices(store)
    directory = Directory.of(
        settings.sources, strict=settings.intake.strict_events, place=settings.place
    )
    session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
    presence = SqlPresence(store)
    channels = {
        "web": connect_web(notices=notices, hub=hub, presence=presence),
        **chats(settings, store, session=session, rules=rules),
        **one_way(settings, clock, session),
    }
    hold = Hold(lambda: is_held(database), store.now)
    engine = assemble(
        store=store,
        clock=clock,
        rules=rules,
        capabilities={name: channel.capabilities for name, channel in channels.items()},
        hooks=hooks(settings),
        stages=stages,
        parse=_reader(directory),
        hold=hold,
        batch=settings.intake.batch_alerts,
        queue_limit=settings.intake.queue_limit,
        lanes=1 if database.is_sqlite else LANES,
        took=lambda lane, seconds: telemetry.work.labels(lane).observe(seconds),
        late=lambda kind, seconds: telemetry.lateness.labels(kind).observe(seconds),
    )
    queries, requests = SqlQueries(database, clock), Requests(telemetry)
    credentials = Credentials(SqlTokens(store), clock, dev=settings.dev)
    application, pages = _application(settings, requests), LatePages()
    application.add_routes(
        _doors(settings, engine, directory=directory, queries=queries, credentials=credentials)
    )
    application.router.register_resource(pages)
    application.on_shutdown.append(pages.close)
    early = Early()
    store.tell(early.told)
    return Core(
        settings=settings,
        store=store,
        rules=rules,
        queries=queries,
        telemetry=telemetry,
        requests=requests,
        hub=hub,
        notices=notices,
        presence=presence,
        session=session,
        channels=channels,
        hold=hold,
        engine=engine,
        credentials=credentials,
        pages=pages,
        application=application,
        early=early,
    )


def _intake_rules(settings: Settings) -> IntakeRules:
    said = settings.intake
    return IntakeRules(
        settle=said.settle,
        duplicate_window=said.duplicate_window,
        still_firing_after=said.still_firing_after,
        refire_within=said.refire_within,
    )


def _reader(directory: Directory) -> Callable[[str, bytes], Sequence[Alert]]:
    """How a dead letter is read again: as its door read it."""

    def read(source: str, body: bytes) -> Sequence[Alert]:
        entrance = directory.find(source)
        return entrance.parse(decode(body), entrance.source)

    return read


def _doors(
    settings: Settings,
    engine: Engine,
    *,
    directory: Directory,
    queries: SqlQueries,
    credentials: Credentials,
) -> list[web.RouteDef]:
    limits = Limits(time.monotonic)
    shared: Mapping[str, Any] = {
        "intake": engine.intake,
        "directory": directory,
        "credentials": credentials,
        "limits": limits,
    }
    doors = (
        Webhooks(**shared),
        Enqueue(**shared, acknowledging=engine.source_acts, new_key=lambda: uuid4().hex),
        Events(
            **shared,
            finds=FoundEvents(queries),
            new_id=lambda: uuid4().hex,
            strict=settings.intake.strict_events,
            per_minute=settings.events.limit_per_minute,
        ),
    )
    return [route for door in doors for route in door.routes()]


def _application(settings: Settings, requests: Requests) -> web.Application:
    around = error_middleware(
        lambda: uuid4().hex[:8],
        guards=[dev_guard] if settings.dev else [],
        count=requests.count,
    )
    return web.Application(middlewares=[around])
