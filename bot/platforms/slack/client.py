"""One call of Slack's Web API: paced, timed, and every way it can go wrong told apart."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from json import JSONDecodeError
from typing import Any, Final

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.errors import CODES, Hope, Paced, SlackRefused, SlackSilent
from bot.platforms.slack.limits import Pace
from bot.ports.clock import Clock
from bot.ports.retry_after import retry_after

log = structlog.get_logger()

TIMEOUT: Final = 5.0
"""Seconds for one call, from looking up the name to the last byte."""

PATIENCE: Final = 2.0
"""Seconds a call waits for its turn; whoever has to wait longer goes back to the outbox."""

DEFAULT_REST: Final = 30.0
"""Seconds to rest where Slack says 429 and not for how long."""

READS: Final = frozenset(
    {
        "auth.test",
        "bookmarks.list",
        "chat.getPermalink",
        "conversations.history",
        "conversations.info",
        "conversations.members",
        "conversations.replies",
        "usergroups.list",
        "usergroups.users.list",
        "users.conversations",
        "users.info",
        "users.lookupByEmail",
    }
)
"""Methods that take their arguments from the address; the others take JSON."""

FORMS: Final = frozenset({"files.getUploadURLExternal"})
"""Methods that take a form, and no JSON."""

Answer = Mapping[str, Any]


class Slack:
    """`sleep` waits for a turn; tests give their own. `session` stays its owner's to close."""

    def __init__(
        self,
        token: str,
        clock: Clock,
        *,
        session: aiohttp.ClientSession,
        base_url: str = AsyncWebClient.BASE_URL,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        timeout: float = TIMEOUT,
    ) -> None:
        # No retry handlers: the outbox retries, and looks first whether the call was heard.
        self.web = AsyncWebClient(
            token=token, base_url=base_url, session=session, timeout=int(timeout), retry_handlers=[]
        )
        self.pace = Pace(clock.now)
        self._clock, self.session, self._sleep, self.timeout = clock, session, sleep, timeout

    async def call(self, method: str, *, channel: str = "", **arguments: Any) -> Answer:
        """Calls the method; `channel` is an argument like the others, and paces posts.

        Raises:
            SlackRefused: Slack said no.
            SlackSilent: nobody knows whether it was heard.
            Paced: nothing was sent; its turn comes in `retry_after` seconds.
        """
        if channel:
            arguments["channel"] = channel
        await self._turn(method, channel)
        try:
            async with asyncio.timeout(self.timeout):
                return await self._send(method, arguments)
        except SlackApiError as error:
            raise self._refused(method, channel, error) from error
        except TimeoutError as error:
            raise SlackSilent(f"{method} had no answer within {self.timeout:g} s") from error
        except (aiohttp.ClientError, OSError, SlackClientError) as error:
            raise SlackSilent(f"{method} did not get through: {type(error).__name__}") from error
        except (AttributeError, TypeError, ValueError, JSONDecodeError) as error:
            raise SlackSilent(f"{method} was answered with something else than JSON") from error

    async def upload(self, url: str, content: bytes) -> None:
        """Puts the content where `files.getUploadURLExternal` said.

        https://docs.slack.dev/messaging/working-with-files#uploading_files
        """
        try:
            async with (
                asyncio.timeout(self.timeout),
                self.session.post(url, data=content, allow_redirects=False) as answer,
            ):
                if answer.status != 200:
                    raise SlackSilent(f"the upload was answered with {answer.status}")
        except TimeoutError as error:
            raise SlackSilent("the upload took too long") from error
        except (aiohttp.ClientError, OSError) as error:
            raise SlackSilent(f"the upload did not get through: {type(error).__name__}") from error

    async def _send(self, method: str, arguments: Mapping[str, Any]) -> Answer:
        given = {name: value for name, value in arguments.items() if value is not None}
        if method in READS:
            answer = await self.web.api_call(method, http_verb="GET", params=_flat(given))
        elif method in FORMS:
            answer = await self.web.api_call(method, data=_flat(given))
        else:
            answer = await self.web.api_call(method, json=given)
        return answer.data if isinstance(answer.data, dict) else {}

    async def _turn(self, method: str, channel: str) -> None:
        """Waits a little; a place that is further away is not taken."""
        seconds = self.pace.wait(method, channel)
        if seconds > PATIENCE:
            raise Paced(method, seconds)
        if (seconds := self.pace.take(method, channel)) > 0:
            await self._sleep(seconds)

    def _refused(
        self, method: str, channel: str, error: SlackApiError
    ) -> SlackRefused | SlackSilent | Paced:
        status = getattr(error.response, "status_code", None) or getattr(
            error.response, "status", 0
        )
        answer = getattr(error.response, "data", None)
        answer = answer if isinstance(answer, dict) else {}
        code = str(answer.get("error") or "")
        if status == 429 or CODES.get(code, (None, ""))[0] is Hope.PACE:
            return self._told_to_wait(method, channel, error.response)
        if code and status == 200:
            return SlackRefused(method, code, answer=answer)
        return SlackSilent(f"{method} was answered with {status} and {code or 'no reason'}")

    def _told_to_wait(self, method: str, channel: str, response: Any) -> Paced:
        said = response.headers.get("Retry-After")
        seconds = retry_after(said, self._clock.wall())
        seconds = DEFAULT_REST if seconds is None else seconds
        self.pace.rest(method, channel, seconds)
        log.warning("slack_rate_limited", method=method, seconds=seconds)
        return Paced(method, seconds)


def _flat(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as an address or a form holds them."""
    return {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in arguments.items()
    }
