"""A call with our token in it; one that is too old is asked for anew, once."""

from collections.abc import Mapping
from typing import Any, Final

import structlog

from bot.domain.errors import DeliveryError
from bot.platforms.teams.errors import Hope, Paced, TeamsRefused, TeamsSilent, Unreachable
from bot.platforms.teams.limits import Pace
from bot.platforms.teams.tokens import Tokens
from bot.platforms.teams.wire import Answer, Wire

log = structlog.get_logger()

DEFAULT_REST: Final = 10.0
"""Seconds to rest where Microsoft says 429 and not for how long."""


class Client:
    """`scope` says for what the token is."""

    def __init__(self, wire: Wire, tokens: Tokens, scope: str, pace: Pace) -> None:
        self.wire, self.tokens, self.scope, self.pace = wire, tokens, scope, pace

    async def call(
        self,
        what: str,
        method: str,
        url: str,
        *,
        about: str = "",
        json: Any = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        """See Wire.send; `about` is what is asked to rest where Microsoft says 429.

        Raises:
            TeamsRefused, TeamsSilent, Unreachable.
            Paced: nothing was taken.
        """
        try:
            return await self._call(what, method, url, json=json, params=params)
        except TeamsRefused as refused:
            if refused.hope is not Hope.PACE:
                raise
            seconds = DEFAULT_REST if refused.retry_after is None else refused.retry_after
            self.pace.rest(about, seconds)
            log.warning("teams_rate_limited", what=what, seconds=seconds)
            raise Paced(what, seconds) from refused

    async def _call(self, what: str, method: str, url: str, **more: Any) -> Answer:
        try:
            return await self.wire.send(what, method, url, token=await self._token(), **more)
        except TeamsRefused as refused:
            if refused.http != 401:
                raise
        self.tokens.drop(self.scope)
        return await self.wire.send(what, method, url, token=await self._token(), **more)

    async def _token(self) -> str:
        """Whatever goes wrong here, the call itself was not heard."""
        try:
            return await self.tokens.get(self.scope)
        except TeamsSilent as silent:
            raise Unreachable(str(silent)) from silent
        except DeliveryError:
            raise
