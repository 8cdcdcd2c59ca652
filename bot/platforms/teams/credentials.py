"""What the bot shows to Microsoft: a token by its app id and secret, kept until it is nearly over.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import aiohttp
import orjson

from bot.domain.errors import DeliveryError

CONNECTOR: Final = "https://api.botframework.com/.default"
GRAPH: Final = "https://graph.microsoft.com/.default"
EARLY: Final = timedelta(minutes=5)
"""A token is asked for again before it is over, since clocks differ."""

TIMEOUT: Final = 5.0
LARGEST: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    until: datetime


class Credentials:
    """`login_url` is what stands before the tenant in the address."""

    def __init__(
        self,
        app_id: str,
        secret: str,
        tenant: str,
        *,
        login_url: str,
        session: Callable[[], aiohttp.ClientSession],
        now: Callable[[], datetime],
    ) -> None:
        self.app_id, self._secret, self.tenant = app_id, secret, tenant
        self.url = f"{login_url.rstrip('/')}/{tenant}/oauth2/v2.0/token"
        self._session, self.now = session, now
        self._tokens: dict[str, _Token] = {}
        self._asking = asyncio.Lock()

    async def token(self, scope: str) -> str:
        """For the Connector or for Graph. Raises DeliveryError: permanent, where we are refused."""
        async with self._asking:
            known = self._tokens.get(scope)
            if known is None or known.until - EARLY <= self.now():
                known = self._tokens[scope] = await self._ask(scope)
        return known.text

    def forget(self, scope: str) -> None:
        """It was refused; the next call asks for another one."""
        self._tokens.pop(scope, None)

    async def _ask(self, scope: str) -> _Token:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.app_id,
            "client_secret": self._secret,
            "scope": scope,
        }
        try:
            async with (
                asyncio.timeout(TIMEOUT),
                self._session().post(self.url, data=form, allow_redirects=False) as answer,
            ):
                status, body = answer.status, await answer.content.read(LARGEST)
            said = orjson.loads(body)
        except TimeoutError as silent:
            raise DeliveryError("Microsoft's login did not answer in time") from silent
        except (aiohttp.ClientError, OSError, ValueError) as silent:
            raise DeliveryError(f"Microsoft's login: {type(silent).__name__}") from silent
        if status != 200 or not isinstance(said, dict) or "access_token" not in said:
            raise DeliveryError(_why(said, status), permanent=status in (400, 401, 403))
        lasts = timedelta(seconds=int(said.get("expires_in") or 0))
        return _Token(str(said["access_token"]), self.now() + lasts)


def _why(said: object, status: int) -> str:
    """Entra's sentence begins with a code that its documents explain."""
    words = str(said.get("error_description") or "") if isinstance(said, dict) else ""
    line = words.splitlines()[0][:200] if words else f"status {status}"
    return f"Microsoft's login refused the app: {line}"
