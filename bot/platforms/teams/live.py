"""Whether the tenant takes what is configured; for `muster check --live`."""

from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator

import aiohttp
import orjson

from bot.domain.errors import DeliveryError
from bot.domain.policy import Policies
from bot.platforms.teams import Section, TeamsPlatform, connect
from bot.platforms.teams.graph import PERMISSIONS
from bot.platforms.teams.tokens import CONNECTOR, GRAPH, Tokens
from bot.ports.clock import Clock
from bot.ports.references import Reference


class _Nothing:
    """Knows of no conversation, so that each is opened anew and proves that it can be."""

    async def keep(self, reference: Reference) -> None:
        pass

    async def find(self, platform: str, about: str) -> Reference | None:
        return None

    async def forget(self, platform: str, about: str) -> None:
        pass


async def look(
    section: Section, policies: Policies, clock: Clock
) -> AsyncIterator[tuple[bool, str]]:
    """What was tried, one by one: whether it is well, and a sentence about it."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        teams = connect(
            section,
            clock=clock,
            session=session,
            people=lambda: policies.people,
            references=_Nothing(),
            public_url="",
        )
        tokens = teams.connector.client.tokens
        try:
            await tokens.get(CONNECTOR)
        except DeliveryError as wrong:
            yield False, f"no token for the Bot Connector: {wrong}"
            return
        yield True, f"signed in to tenant {section.tenant_id} as {section.app_id}"
        if not section.incident_channel:
            yield False, "teams.incident_channel is not set: incidents without a team go nowhere"
        else:
            try:
                await teams.connector.knock(section.incident_channel)
            except DeliveryError as wrong:
                yield False, f"the incident channel does not answer: {wrong}"
            else:
                yield True, "the incident channel answers"
        if teams.directory.graph is not None:
            async for one in _graph(tokens):
                yield one
        async for one in _people(teams, policies):
            yield one


async def _graph(tokens: Tokens) -> AsyncIterator[tuple[bool, str]]:
    """Which permissions the token for Graph names."""
    try:
        granted = _roles(await tokens.get(GRAPH))
    except DeliveryError as wrong:
        yield False, f"no token for Graph: {wrong}"
        return
    missing = sorted(PERMISSIONS.keys() - granted)
    for name in missing:
        yield False, f"Graph's {name} is missing; without it Muster cannot {PERMISSIONS[name]}"
    if not missing:
        yield True, "all permissions for Graph are granted"


def _roles(token: str) -> set[str]:
    """The claim `roles`; the token is Graph's to verify, so nothing else is believed of it."""
    try:
        body = token.split(".")[1]
        said = orjson.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return set(said.get("roles") or ())
    except (IndexError, ValueError, AttributeError, TypeError):
        return set()


async def _people(teams: TeamsPlatform, policies: Policies) -> AsyncIterator[tuple[bool, str]]:
    """Whoever is in a schedule and wants pages in Teams can be written to."""
    wanted = {
        id
        for schedule in policies.schedules.values()
        for id in schedule.people
        if any(way.channel == teams.name for way in policies.people[id].contact)
    }
    for id in sorted(wanted):
        try:
            await teams.directory.chat(id)
        except DeliveryError as wrong:
            yield False, f"pages of {id} take the next way at once: {wrong}"
    if wanted:
        yield True, f"looked for {len(wanted)} people in schedules"
