"""The half of Teams that listens, put together."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import aiohttp
from aiohttp import web

from bot.cards.inputs import Choices
from bot.chat.desk import Desk
from bot.chat.tasks import Tasks
from bot.platforms.teams.connector import Connector
from bot.platforms.teams.endpoint import Endpoint
from bot.platforms.teams.heard import Where
from bot.platforms.teams.identity import Identity
from bot.platforms.teams.inbound import Inbound
from bot.platforms.teams.keys import Keys
from bot.platforms.teams.references import References
from bot.platforms.teams.replies import Replies
from bot.platforms.teams.verify import Verifier

FINISH_WITHIN: Final = 5.0
"""Seconds that what goes on gets when the process stops; the rest is carried out at the next start,
and its asker sees the effect, not the reply."""


class Section(Protocol):
    """The section `teams`."""

    @property
    def app_id(self) -> str: ...
    @property
    def tenant_id(self) -> str: ...
    @property
    def openid_url(self) -> str: ...
    @property
    def service_urls(self) -> Sequence[str]: ...


class Speaks(Protocol):
    """The half that speaks; both share one token and one memory of where people are."""

    @property
    def connector(self) -> Connector: ...
    @property
    def references(self) -> References: ...
    @property
    def session(self) -> aiohttp.ClientSession: ...
    @property
    def public_url(self) -> str: ...
    def asks(self, command: str) -> bool:
        """Whether a command line is answered with a form."""
        ...


class TeamsListener:
    """At `/api/messages`."""

    def __init__(self, section: Section, channel: Speaks, desk: Desk) -> None:
        self.tasks = Tasks()
        self.keys = Keys(section.openid_url, channel.session, desk.clock.now)
        connector = channel.connector

        async def asks(where: Where, user: str) -> Mapping[str, Any]:
            return await connector.member(where.room, user, service=where.service_url)

        identity = Identity(
            people=desk.people,
            newcomers=desk.newcomers,
            clock=desk.clock,
            tenant=section.tenant_id,
            asks=asks,
        )

        def people() -> Choices:
            listed = desk.people.rules.policies.people
            return [(id, person.name or id) for id, person in listed.items()]

        replies = Replies(connector, channel.references, channel.asks, sleep=asyncio.sleep)
        self.inbound = Inbound(
            desk=desk,
            identity=identity,
            references=channel.references,
            replies=replies,
            tasks=self.tasks,
            people=people,
            public_url=channel.public_url,
        )
        tokens = Verifier(section.app_id, section.service_urls, self.keys)
        self.endpoint = Endpoint(tokens, section.tenant_id, desk.clock, self.inbound)

    def routes(self) -> Sequence[web.RouteDef]:
        return self.endpoint.routes()

    async def start(self) -> None:
        self.tasks.begin(self.keys.fetch_early(), "teams keys")

    async def stop(self) -> None:
        """Finishes what was acknowledged."""
        await self.tasks.finish(FINISH_WITHIN)

    def facts(self) -> Mapping[str, Any]:
        return {"keys": len(self.keys), "going_on": len(self.tasks)}


def listen(section: Section, channel: Speaks, desk: Desk) -> TeamsListener:
    """`channel` is the half that speaks."""
    return TeamsListener(section, channel, desk)
