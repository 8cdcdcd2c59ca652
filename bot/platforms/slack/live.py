"""Whether the workspace takes what is configured; for `muster check --live`."""

from collections.abc import AsyncIterator
from typing import Final, Protocol

import aiohttp
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.errors import CODES
from bot.platforms.slack.manifest import SCOPES

TIMEOUT: Final = 10


class Section(Protocol):
    """The section `slack`."""

    @property
    def bot_token(self) -> SecretStr | None: ...
    @property
    def app_token(self) -> SecretStr | None: ...
    @property
    def api_url(self) -> str: ...


async def look(section: Section) -> AsyncIterator[tuple[bool, str]]:
    """What was tried, one by one: whether it is well, and a sentence about it."""
    client = AsyncWebClient(base_url=section.api_url, timeout=TIMEOUT, retry_handlers=[])
    bot, app = _open(section.bot_token), _open(section.app_token)
    try:
        said = await client.auth_test(token=bot)
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as wrong:
        yield False, f"the bot token does not work: {_why(wrong)}"
        return
    yield True, f"signed in to {said.get('team')} as {said.get('user')}"
    granted = {one.strip() for one in said.headers.get("x-oauth-scopes", "").split(",")}
    missing = sorted(SCOPES.keys() - granted)
    for scope in missing:
        yield False, f"the scope {scope} is missing; without it Muster cannot {SCOPES[scope]}"
    if not missing:
        yield True, "all scopes are granted"
    if not app:
        return
    try:
        await client.apps_connections_open(app_token=app)
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as wrong:
        yield False, f"the socket does not open: {_why(wrong)}"
    else:
        yield True, "the socket opens"


def _why(wrong: Exception) -> str:
    if isinstance(wrong, SlackApiError):
        code = str(wrong.response.get("error") or wrong.response.status_code)
        return f"{CODES[code][1]} ({code})" if code in CODES else code
    return type(wrong).__name__


def _open(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
