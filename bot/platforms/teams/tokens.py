"""Our own tokens, for the Connector and for Graph: client credentials of a single-tenant app.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow. Why not by
msal: docs/adr/0009.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final

from bot.domain.errors import DeliveryError
from bot.platforms.teams.wire import Wire

CONNECTOR: Final = "https://api.botframework.com/.default"
GRAPH: Final = "https://graph.microsoft.com/.default"

EARLY: Final = timedelta(minutes=5)
"""A token is not used for its last minutes."""


class Tokens:
    """One for each scope, asked for once and kept until it is nearly old."""

    def __init__(
        self, wire: Wire, *, app_id: str, secret: str, tenant: str, login_url: str
    ) -> None:
        self.wire, self.app_id, self.tenant = wire, app_id, tenant
        self._secret = secret
        self._url = f"{login_url.rstrip('/')}/{tenant}/oauth2/v2.0/token"
        self._kept: dict[str, tuple[str, datetime]] = {}
        self._asking = asyncio.Lock()

    async def get(self, scope: str) -> str:
        """Raises DeliveryError: nothing was sent yet, so it may be tried again."""
        async with self._asking:
            token, until = self._kept.get(scope, ("", None))
            if until is None or self.wire.clock.now() >= until:
                token = await self._ask(scope)
        return token

    def drop(self, scope: str) -> None:
        """It was not taken."""
        self._kept.pop(scope, None)

    async def _ask(self, scope: str) -> str:
        said = await self.wire.send(
            "sign in",
            "POST",
            self._url,
            form={
                "grant_type": "client_credentials",
                "client_id": self.app_id,
                "client_secret": self._secret,
                "scope": scope,
            },
        )
        try:
            token, lasts = str(said["access_token"]), timedelta(seconds=float(said["expires_in"]))
        except (KeyError, TypeError, ValueError) as wrong:
            raise DeliveryError("login answered without a token") from wrong
        self._kept[scope] = (token, self.wire.clock.now() + max(lasts - EARLY, lasts / 2))
        return token
