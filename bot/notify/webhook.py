"""Posts to other programs, signed as https://www.standardwebhooks.com says.

The status is the whole answer: no body is read, no redirect is followed. Addresses come from the
settings alone, so nobody in a chat can make Muster call something.
"""

import asyncio
import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import aiohttp
import orjson
from pydantic import SecretStr

from bot.cards.plain_text import plain_text
from bot.domain.effect import Capabilities, EffectKind
from bot.domain.errors import DeliveryError
from bot.ports.channel import Channel, Job
from bot.ports.outside import Outside
from bot.ports.retry_after import retry_after

TIMEOUT: Final = 10.0
"""Seconds for one post, from looking up the name to the status."""

MOVED_FOR_GOOD: Final = frozenset({301, 308})

CAN: Final = Capabilities(
    frozenset({EffectKind.PAGE, EffectKind.NOTIFY, EffectKind.WEBHOOK}),
    private_replies=False,
    rooms=False,
)


class Hook(Protocol):
    """One of the section `webhooks`. `secret`: `whsec_` and a key in base64."""

    @property
    def url(self) -> str: ...
    @property
    def secret(self) -> SecretStr: ...


def connect(section: Mapping[str, Hook], outside: Outside) -> Channel:
    return Webhooks(section, outside)


class Webhooks:
    def __init__(
        self, hooks: Mapping[str, Hook], outside: Outside, *, timeout: float = TIMEOUT
    ) -> None:
        self._hooks, self._outside, self._timeout = hooks, outside, timeout

    @property
    def capabilities(self) -> Capabilities:
        return CAN

    async def perform(self, job: Job) -> Mapping[str, Mapping[str, Any]]:
        """Posts the job; a repeat has the same `webhook-id`."""
        name, hook = self._hook(job)
        now = self._outside.clock.wall()
        body = _body(job, now)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Muster",
            **signed(self._outside.id_of(job.key), now, body, hook.secret.get_secret_value()),
        }
        await self._post(name, hook.url, body, headers)
        return {}

    def _hook(self, job: Job) -> tuple[str, Hook]:
        """The hook the payload names, or the one that has the address of an escalation target."""
        if name := job.payload.get("hook"):
            if name in self._hooks:
                return name, self._hooks[name]
            raise DeliveryError(f"webhooks.{name} is not in the settings any more", permanent=True)
        url = job.to.removeprefix("webhook:")
        for known, hook in self._hooks.items():
            if hook.url == url:
                return known, hook
        raise DeliveryError(
            f"nothing is sent unsigned: give {_host(url)} a section in the settings, with this "
            "target's address as webhooks.<name>.url and a key as webhooks.<name>.secret",
            permanent=True,
        )

    async def _post(self, name: str, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        post = self._outside.http.post
        who = f"webhooks.{name} ({_host(url)})"
        try:
            async with (
                asyncio.timeout(self._timeout),
                post(url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                status, wait = answer.status, answer.headers.get("Retry-After")
        except ValueError as error:
            raise DeliveryError(f"webhooks.{name}.url is no address", permanent=True) from error
        except TimeoutError as error:
            raise DeliveryError(f"{who} did not answer within {self._timeout:g} s") from error
        except (aiohttp.ClientError, OSError) as error:
            raise DeliveryError(f"{who} was not reached: {type(error).__name__}") from error
        if status in MOVED_FOR_GOOD:
            raise DeliveryError(f"{who} has moved; set webhooks.{name}.url", permanent=True)
        if status // 100 != 2:
            seconds = retry_after(wait, self._outside.clock.wall())
            raise DeliveryError.from_status(who, status, seconds)


def signed(id: str, at: datetime, body: bytes, secret: str) -> dict[str, str]:
    """The three headers of Standard Webhooks."""
    seconds = str(int(at.timestamp()))
    key = b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{id}.{seconds}.".encode() + body, "sha256")
    return {
        "webhook-id": id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{b64encode(digest).decode()}",
    }


_TYPES: Final[dict[EffectKind, str]] = {EffectKind.PAGE: "page", EffectKind.NOTIFY: "notice"}


def _body(job: Job, now: datetime) -> bytes:
    entry: Mapping[str, Any] = job.facts.get("entry") or {}
    text = plain_text(job.card) if job.card else job.line
    return orjson.dumps(
        {
            "type": _TYPES.get(job.kind) or f"incident.{entry['event_type']}",
            "timestamp": entry.get("occurred_at") or now.astimezone(UTC),
            "data": {**job.facts, "line": job.line, "text": text},
        },
        option=orjson.OPT_UTC_Z,
    )


def _host(url: str) -> str:
    """What may be shown of an address: its path and query may hold a secret."""
    try:
        return urlsplit(url).hostname or "that target"
    except ValueError:
        return "that target"
