"""The one place where everything meets: the map of the core process. Start reading at `build`.

`bot.core` is the half of it that takes alerts; it is imported and opens its doors before this one.
"""

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from uuid import uuid4

from bot.answers import lay_answers, new_id
from bot.chat.adoption import Adoption
from bot.chat.complete import Completion
from bot.chat.desk import Desk, Listens
from bot.chat.inbox import Inbox
from bot.chat.reaching import Reaching
from bot.chat.router import Router
from bot.core import Core
from bot.engine.assembly import Engine
from bot.engine.delivery import Delivery
from bot.engine.digest import Digest
from bot.engine.figures import Figures
from bot.engine.jobs import Jobs
from bot.engine.newcomers import Newcomers
from bot.engine.page_links import PageLinks
from bot.llm.chat import missing
from bot.notify import CHANNELS
from bot.platforms import LISTENERS, REACHES, SURVEYS
from bot.platforms.web.live import Live
from bot.ports.analyst import Ability
from bot.ports.channel import Channel
from bot.ports.clock import Clock
from bot.ports.hub import Hub
from bot.ports.queries import Counts
from bot.running import Muster
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
from handlers.machine import look
from handlers.numbers import Numbers, Standing
from handlers.registry import resolve
from handlers.vitals import vitals_of
from handlers.web.room import WebRoom
from handlers.web.shell import Shell
from handlers.web.visitor import Visitors
from storage.flush.hint import Hint
from storage.hints import Listener
from storage.logins import Logins
from storage.newcomers import SqlNewcomers


def build(core: Core, *, secret: bytes, environment: Mapping[str, str] | None = None) -> Muster:
    """Everything, put together on what takes alerts already; nothing of it runs yet.

    `secret` signs the forms of the web room. `environment`: of the analyst, where one is wanted;
    without it there is none.
    """
    settings, store, engine, queries = core.settings, core.store, core.engine, core.queries
    rules, telemetry, hub, clock = core.rules, core.telemetry, core.hub, store.clock
    commands = [resolve(path) for path in COMMANDS.values()]
    answers = lay_answers(core, environment)
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
            likeness=answers.suggesting.card,
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
        *answers.listeners,
    )
    for listener in listeners:
        store.tell(listener)
    core.early.pass_on(listeners)

    adoption, reaching = Adoption(queries), Reaching(rules)
    services = {
        **engine.services(),
        Clock: clock,
        Adoption: adoption,
        Reaching: reaching,
        **answers.services,
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
        listener=Listener(
            store.database, partial(_look, hub, engine, delivery), sender=store.sender
        ),
        answers=answers,
        newcomers=newcomers,
        digest=Digest(engine.work, queries, engine.work.announce.homes),
        listening=listening,
        reaching=reaching,
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
            AnalysisSubject(Finder(queries), answers.applying, router, new_id),
        ),
        dev=settings.dev,
        knowledge=answers.knowledge,
        wording=answers.wording,
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
        suggested=answers.analysing.kept.pending,
        complaints=lambda: muster.complaints,
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
        analyst=lambda: {ability.value: answers.analyst.facts(ability) for ability in Ability},
        spent=lambda: [asdict(one) for one in standing.spent],
    )
    core.pages.open(
        [
            *rest.routes(),
            *Documents(caller, answers.library).routes(),
            *room.routes(),
            *Health(vitals, telemetry).routes(),
            *(route for platform in listening.values() for route in platform.routes()),
        ],
        close=room.close,
    )
    return muster


def _look(hub: Hub, engine: Engine, delivery: Delivery, hint: Hint) -> None:
    """Another process committed something: pages look, loops look."""
    hub.changed(hint.incidents)
    if hint.timers:
        engine.timers.look()
    if hint.effects:
        delivery.look()


def _listening(
    settings: Settings, channels: Mapping[str, Channel], desk: Desk
) -> dict[str, Listens]:
    """The chat platforms that hear people by themselves."""
    return {
        name: resolve(path)(getattr(settings, name), channels[name], desk)
        for name, path in LISTENERS.items()
        if name in channels
    }


def _absolute(public_url: str, link: str) -> str:
    return f"{public_url.rstrip('/')}{link}" if link.startswith("/") else link
