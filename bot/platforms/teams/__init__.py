"""Microsoft Teams: a thread for each incident, one live card, people called and paged.

`render` and `forms` turn cards and forms into Adaptive Cards and dialogs; `wire` makes one call,
with every way it can go wrong told apart; `rooms` and `posts` do the effects; `platform` is the
table of them. The wire is the Bot Connector's:
https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import aiohttp
from pydantic import SecretStr

from bot.domain.policy import Person
from bot.platforms.teams.actions import Asks, never
from bot.platforms.teams.client import Client
from bot.platforms.teams.connector import Connector
from bot.platforms.teams.directory import Directory
from bot.platforms.teams.graph import Graph
from bot.platforms.teams.limits import Pace
from bot.platforms.teams.platform import TeamsPlatform
from bot.platforms.teams.posts import Posts
from bot.platforms.teams.references import References
from bot.platforms.teams.rooms import Rooms
from bot.platforms.teams.saying import Saying
from bot.platforms.teams.showing import Showing
from bot.platforms.teams.tokens import CONNECTOR, GRAPH, Tokens
from bot.platforms.teams.wire import TIMEOUT, Wire
from bot.ports.clock import Clock
from bot.ports.references import KeepsReferences

__all__ = ["Section", "TeamsPlatform", "connect"]


class Section(Protocol):
    """The section `teams`."""

    @property
    def app_id(self) -> str: ...
    @property
    def app_password(self) -> SecretStr | None: ...
    @property
    def tenant_id(self) -> str: ...
    @property
    def incident_channel(self) -> str: ...
    @property
    def announce_channel(self) -> str: ...
    @property
    def rooms(self) -> str: ...
    @property
    def graph(self) -> bool: ...
    @property
    def team_id(self) -> str: ...
    @property
    def catalog_app_id(self) -> str: ...
    @property
    def room_template(self) -> str: ...
    @property
    def service_url(self) -> str: ...
    @property
    def login_url(self) -> str: ...
    @property
    def graph_url(self) -> str: ...


def connect(
    section: Section,
    *,
    clock: Clock,
    session: aiohttp.ClientSession,
    people: Callable[[], Mapping[str, Person]],
    references: KeepsReferences,
    public_url: str,
    asks: Asks = never,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    timeout: float = TIMEOUT,
) -> TeamsPlatform:
    """What speaks into Teams. `people()` are the policies' of now; `session` stays its owner's.

    `asks` says of a command line whether a form answers it. `sleep` waits for a turn of at most two
    seconds; `timeout` is for one call, in seconds.
    """
    wire = Wire(session, clock, timeout=timeout)
    secret = section.app_password.get_secret_value() if section.app_password else ""
    tokens = Tokens(
        wire,
        app_id=section.app_id,
        secret=secret,
        tenant=section.tenant_id,
        login_url=section.login_url,
    )
    known = References(references)
    connector = Connector(
        Client(wire, tokens, CONNECTOR, Pace(clock.now)),
        app_id=section.app_id,
        tenant=section.tenant_id,
        service_url=section.service_url,
        served=known.served_at,
        sleep=sleep,
    )
    graph = None
    if section.graph:
        graph = Graph(
            Client(wire, tokens, GRAPH, Pace(clock.now)),
            url=section.graph_url,
            team=section.team_id,
            app=section.catalog_app_id,
        )
    home = section.incident_channel
    directory = Directory(connector, people, known, home=home, graph=graph)
    posts = Posts(
        connector,
        directory,
        Saying(connector),
        Showing(directory, asks, section.tenant_id),
        incidents=home,
        announcements=section.announce_channel,
    )
    rooms = Rooms(
        posts,
        directory,
        template=section.room_template,
        clock=clock,
        channels=section.rooms == "channel",
        graph=graph,
    )
    announces = bool(section.announce_channel)
    return TeamsPlatform(
        connector,
        directory,
        rooms,
        posts,
        asks=asks,
        public_url=public_url,
        announces=announces,
    )
