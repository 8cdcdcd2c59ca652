"""One call of the Bot Connector: timed, and every way it can go wrong told apart.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

import aiohttp
import orjson
import structlog

from bot.domain.errors import DeliveryError
from bot.platforms.teams.credentials import CONNECTOR, Credentials
from bot.ports.clock import Clock
from bot.ports.retry_after import retry_after

log = structlog.get_logger()

TIMEOUT: Final = 5.0
"""Seconds for one call, from looking up the name to the last byte."""

LARGEST: Final = 1 << 22
Activity = Mapping[str, Any]


TRANSIENT: Final = frozenset({408, 412, 425, 429})
"""Of 4xx; 412 is a hiccup of the Connector's own:
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit"""


class TeamsRefused(DeliveryError):
    """The answer came and was no; `answered` is HTTP's, `code` Microsoft's word for it."""

    def __init__(
        self, what: str, status: int, code: str = "", *, retry_after: float | None = None
    ) -> None:
        lasting = status // 100 in (3, 4) and status not in TRANSIENT
        reason = f"{what} was answered with {status}" + (f" {code}" if code else "")
        super().__init__(reason, permanent=lasting, retry_after=retry_after)
        self.answered, self.code = status, code

    @property
    def is_gone(self) -> bool:
        """The message or the conversation is not there any more."""
        return self.answered == 404


class TeamsSilent(DeliveryError):
    """Nobody knows whether it was heard."""


class Connector:
    """`session` stays its owner's to close."""

    def __init__(
        self,
        credentials: Credentials,
        clock: Clock,
        *,
        session: Callable[[], aiohttp.ClientSession],
        timeout: float = TIMEOUT,
    ) -> None:
        self.credentials, self.clock = credentials, clock
        self._session, self.timeout = session, timeout

    async def send(self, service_url: str, conversation: str, activity: Activity) -> str:
        """Says it there; in a thread, where the conversation names one. Returns its id.

        Raises:
            TeamsRefused, TeamsSilent.
        """
        path = f"v3/conversations/{_in(conversation)}/activities"
        answer = await self.call("POST", service_url, path, activity)
        return str(answer.get("id") or "")

    async def update(
        self, service_url: str, conversation: str, id: str, activity: Activity
    ) -> None:
        """Raises TeamsRefused (`is_gone` where there is nothing any more), TeamsSilent."""
        path = f"v3/conversations/{_in(conversation)}/activities/{_in(id)}"
        await self.call("PUT", service_url, path, activity)

    async def delete(self, service_url: str, conversation: str, id: str) -> None:
        """Raises TeamsRefused, TeamsSilent."""
        path = f"v3/conversations/{_in(conversation)}/activities/{_in(id)}"
        await self.call("DELETE", service_url, path)

    async def begin_thread(
        self, service_url: str, channel: str, activity: Activity
    ) -> tuple[str, str]:
        """A new thread in a channel: its conversation, and the id of its first message.

        Raises:
            TeamsRefused, TeamsSilent.
        """
        said = {
            "isGroup": True,
            "channelData": {"channel": {"id": channel}},
            "activity": dict(activity),
        }
        answer = await self.call("POST", service_url, "v3/conversations", said)
        return str(answer["id"]), str(answer["activityId"])

    async def open_personal(self, service_url: str, user: str) -> str:
        """The conversation with this person alone, by either id.

        Raises:
            TeamsRefused: permanent, where the bot is not installed for them.
            TeamsSilent.
        """
        tenant = self.credentials.tenant
        said = {
            "isGroup": False,
            "members": [{"id": user}],
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        answer = await self.call("POST", service_url, "v3/conversations", said)
        return str(answer["id"])

    async def member(self, service_url: str, conversation: str, user: str) -> Mapping[str, Any]:
        """Somebody of the conversation's roster, by either id. Raises TeamsRefused, TeamsSilent."""
        path = f"v3/conversations/{_in(conversation)}/members/{_in(user)}"
        return await self.call("GET", service_url, path)

    async def call(
        self, method: str, service_url: str, path: str, body: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        """Raises TeamsRefused, TeamsSilent, DeliveryError (no token)."""
        if not service_url:
            raise DeliveryError("Teams was not heard of yet; install the app and say hello to it")
        what = f"{method} {path.rpartition('/')[2] if method == 'POST' else path.split('/')[1]}"
        token = await self.credentials.token(CONNECTOR)
        headers = {"Authorization": f"Bearer {token}"}
        data = None if body is None else orjson.dumps(body)
        if data is not None:
            headers["Content-Type"] = "application/json"
        try:
            async with (
                asyncio.timeout(self.timeout),
                self._session().request(
                    method,
                    f"{service_url.rstrip('/')}/{path}",
                    data=data,
                    headers=headers,
                    allow_redirects=False,
                ) as answer,
            ):
                status, raw = answer.status, await answer.content.read(LARGEST)
                rest = retry_after(answer.headers.get("Retry-After"), self.clock.wall())
        except TimeoutError as silent:
            raise TeamsSilent(f"{what} had no answer within {self.timeout:g} s") from silent
        except (aiohttp.ClientError, OSError) as silent:
            raise TeamsSilent(f"{what} did not get through: {type(silent).__name__}") from silent
        if status == 401:
            self.credentials.forget(CONNECTOR)
        if not 200 <= status < 300:
            raise TeamsRefused(what, status, _code(raw), retry_after=rest)
        return _object(what, raw)


def _in(id: str) -> str:
    """As a piece of an address."""
    return quote(id, safe="")


def _code(raw: bytes) -> str:
    try:
        said = orjson.loads(raw)
        return str(said["error"]["code"])[:100]
    except (ValueError, KeyError, TypeError):
        return ""


def _object(what: str, raw: bytes) -> Mapping[str, Any]:
    try:
        said = orjson.loads(raw or b"{}")
    except ValueError as wrong:
        raise TeamsSilent(f"{what} was answered with something else than JSON") from wrong
    return said if isinstance(said, dict) else {}
