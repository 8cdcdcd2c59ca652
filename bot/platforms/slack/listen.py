"""The half of Slack that listens, put together."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final, Protocol

import aiohttp
from aiohttp import web
from pydantic import SecretStr
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.cards.inputs import Choices
from bot.chat.desk import Desk
from bot.chat.tasks import Tasks
from bot.domain.errors import DeliveryError
from bot.platforms.slack.bolt import bolt_app
from bot.platforms.slack.client import TIMEOUT, Slack
from bot.platforms.slack.http import Http
from bot.platforms.slack.identity import Identity
from bot.platforms.slack.inbound import Inbound
from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.slack.socket import Socket
from bot.platforms.slack.voice import Voice
from bot.platforms.slack.workspace import Workspace

FINISH_WITHIN: Final = 5.0
"""Seconds that what goes on gets when the process stops; the rest is carried out at the next start,
and its asker sees the effect, not the reply."""


class SlackListener:
    """Through a socket where there is an app token, at `/slack/events` where there is a secret."""

    def __init__(
        self,
        slack: Slack,
        desk: Desk,
        *,
        app_token: str = "",
        signing_secret: str = "",
        public_url: str = "",
    ) -> None:
        self.tasks = Tasks()
        self.workspace = workspace = Workspace(slack)
        self.identity = identity = Identity(
            people=desk.people,
            newcomers=desk.newcomers,
            clock=desk.clock,
            home=workspace.team,
            asks=workspace.user,
        )

        def people() -> Choices:
            policies = desk.people.rules.policies
            return [(id, person.name or id) for id, person in policies.people.items()]

        self.inbound = Inbound(
            desk=desk,
            identity=identity,
            workspace=workspace,
            voice=Voice(slack, partial(respond, slack.session), people, public_url=public_url),
            tasks=self.tasks,
        )
        app = bolt_app(slack, self.inbound)
        self.socket = Socket(app, app_token) if app_token else None
        self.http = Http(app, signing_secret, desk.clock) if signing_secret else None

    def routes(self) -> Sequence[web.RouteDef]:
        return self.http.routes() if self.http else ()

    async def start(self) -> None:
        self.tasks.begin(self._introduce(), "slack workspace")
        if self.socket is not None:
            await self.socket.start()

    async def stop(self) -> None:
        """Hears nothing more, and finishes what was acknowledged."""
        if self.socket is not None:
            await self.socket.stop()
        await self.tasks.finish(FINISH_WITHIN)

    async def _introduce(self) -> None:
        """Asks who we are before the first command has to wait for it."""
        with suppress(DeliveryError):
            await self.workspace.team()

    def facts(self) -> Mapping[str, Any]:
        socket = "off" if self.socket is None else "open" if self.socket.connected else "closed"
        return {"socket": socket, "http": self.http is not None, "going_on": len(self.tasks)}


async def respond(session: aiohttp.ClientSession, url: str, message: Mapping[str, Any]) -> None:
    """Raises DeliveryError: the `response_url` did not take it (it lasts for 30 minutes)."""
    client = AsyncWebhookClient(url, timeout=int(TIMEOUT), session=session)
    try:
        async with asyncio.timeout(TIMEOUT):
            answer = await client.send_dict(dict(message))
    except (TimeoutError, OSError, aiohttp.ClientError, ValueError) as silent:
        raise DeliveryError("the response_url did not answer") from silent
    if answer.status_code != 200:
        raise DeliveryError.from_status("the response_url", answer.status_code)


class Section(Protocol):
    """The section `slack`; one of the two secrets is there."""

    @property
    def app_token(self) -> SecretStr | None: ...
    @property
    def signing_secret(self) -> SecretStr | None: ...


def listen(section: Section, channel: SlackPlatform, desk: Desk) -> SlackListener:
    """`channel` is the half that speaks; both share one pace towards Slack."""
    return SlackListener(
        channel.slack,
        desk,
        app_token=_open(section.app_token),
        signing_secret=_open(section.signing_secret),
        public_url=channel.public_url,
    )


def _open(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
