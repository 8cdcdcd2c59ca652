"""One call of Microsoft's: with a token, timed, and every way it can go wrong told apart.

The Connector's and Graph's errors are one shape, `{"error": {"code", "message"}}`; login's is
another (RFC 6749 §5.2). No call is redirected: a token goes nowhere but where it was meant for.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
import orjson

from bot.platforms.teams.errors import TeamsRefused, TeamsSilent, Unreachable
from bot.ports.clock import Clock
from bot.ports.retry_after import retry_after

TIMEOUT: Final = 5.0
"""Seconds for one call, from looking up the name to the last byte."""

Answer = Any
"""JSON; `{}` where there was no body."""


class Wire:
    """`session` stays its owner's to close; `timeout` is for one call."""

    def __init__(
        self, session: aiohttp.ClientSession, clock: Clock, *, timeout: float = TIMEOUT
    ) -> None:
        self.session, self.clock, self.timeout = session, clock, timeout

    async def send(
        self,
        what: str,
        method: str,
        url: str,
        *,
        token: str = "",
        json: Any = None,
        form: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to one call; `what` says in words what it is to do.

        Raises:
            TeamsRefused: Microsoft said no.
            Unreachable: it was not heard.
            TeamsSilent: nobody knows whether it was heard.
        """
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        data: Any = dict(form) if form is not None else None
        if json is not None:
            data, headers["Content-Type"] = orjson.dumps(json), "application/json"
        try:
            async with (
                asyncio.timeout(self.timeout),
                self.session.request(
                    method, url, headers=headers, data=data, params=params, allow_redirects=False
                ) as answer,
            ):
                return self._read(what, answer, await answer.read())
        except TimeoutError as error:
            raise TeamsSilent(f"to {what} had no answer within {self.timeout:g} s") from error
        except aiohttp.ClientConnectorError as error:
            raise Unreachable(f"to {what} did not get through: {error.os_error}") from error
        except (aiohttp.ClientError, OSError) as error:
            raise TeamsSilent(f"to {what} was cut off: {type(error).__name__}") from error

    def _read(self, what: str, answer: aiohttp.ClientResponse, body: bytes) -> Answer:
        try:
            said = orjson.loads(body) if body.strip() else {}
        except orjson.JSONDecodeError as error:
            if answer.status < 300:
                raise TeamsSilent(f"to {what} was answered with no JSON") from error
            said = {}
        if answer.status < 300:
            return said
        code, words = _error(said)
        wait = retry_after(answer.headers.get("Retry-After"), self.clock.wall())
        raise TeamsRefused(what, answer.status, code, words, retry_after=wait)


def _error(said: Any) -> tuple[str, str]:
    """Code and words, of either shape."""
    match said:
        case {"error": {"code": str(code), **rest}}:
            return code, str(rest.get("message", ""))
        case {"error": str(code), **rest}:
            return code, str(rest.get("error_description", ""))
        case _:
            return "", ""
