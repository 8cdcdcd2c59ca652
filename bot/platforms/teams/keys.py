"""The keys that sign what Teams sends, by their `kid`.

The Bot Connector names its keys in an OpenID document and changes them now and then:
https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
They are kept for a day. A `kid` we do not know may be a new key, so the keys are read once more,
but not more often than once a minute: whoever makes up names makes us ask no more than that.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
import jwt
import orjson
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from bot.domain.errors import Overloaded, Unauthentic

log = structlog.get_logger()

LAST: Final = timedelta(hours=24)
AGAIN: Final = timedelta(minutes=1)
"""Between two times that the keys are read for a name that nobody knows."""

AFTER_FAILURE: Final = timedelta(seconds=5)
"""Microsoft did not answer; it is asked again so soon."""

TIMEOUT: Final = 5.0
"""Seconds for both documents."""

LARGEST: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Key:
    """`endorsements` are the channels (`msteams`) whose requests it may sign; None where the
    document says nothing of that."""

    public: RSAPublicKey
    endorsements: frozenset[str] | None

    def may_sign_for(self, channel: str) -> bool:
        return self.endorsements is None or channel in self.endorsements


class Keys:
    """`url` is the OpenID document's; `session` stays its owner's."""

    def __init__(
        self,
        url: str,
        session: aiohttp.ClientSession,
        now: Callable[[], datetime],
    ) -> None:
        self.url, self.session, self.now = url, session, now
        self._keys: Mapping[str, Key] = {}
        self._read_at: datetime | None = None
        self._not_before: datetime | None = None
        self._reading = asyncio.Lock()

    def __len__(self) -> int:
        """How many are known."""
        return len(self._keys)

    async def key(self, kid: str) -> Key:
        """The key of this name.

        Raises:
            Unauthentic: there is none.
            Overloaded: Microsoft does not say which keys there are, and none is known.
        """
        if self._is_old() or kid not in self._keys:
            await self._refresh(kid)
        if self._read_at is None:
            raise Overloaded("Microsoft does not name its keys right now.", retry_after=5)
        found = self._keys.get(kid)
        if found is None:
            raise Unauthentic("The token is signed by an unknown key.")
        return found

    async def fetch_early(self) -> None:
        """Before the first request has to wait for it."""
        if self._read_at is None:
            await self._refresh("")

    def _is_old(self) -> bool:
        return self._read_at is None or self.now() >= self._read_at + LAST

    async def _refresh(self, kid: str) -> None:
        async with self._reading:
            old = self._is_old()
            known = bool(kid) and kid in self._keys and not old
            if known or (self._not_before is not None and self.now() < self._not_before):
                return
            try:
                async with asyncio.timeout(TIMEOUT):
                    keys = await self._fetch()
            except (TimeoutError, aiohttp.ClientError, OSError, ValueError, KeyError) as silent:
                log.warning("teams_keys_not_read", why=str(silent) or type(silent).__name__)
                self._not_before = self.now() + AFTER_FAILURE
                return
            self._keys, self._read_at = keys, self.now()
            self._not_before = None if old else self._read_at + AGAIN

    async def _fetch(self) -> Mapping[str, Key]:
        metadata = await self._get(self.url)
        published = await self._get(str(metadata["jwks_uri"]))
        keys = {}
        for said in published["keys"]:
            if isinstance(said, dict) and said.get("kty") == "RSA" and said.get("kid"):
                keys[str(said["kid"])] = _key(said)
        if not keys:
            raise ValueError("the document names no key")
        return keys

    async def _get(self, url: str) -> Any:
        """Raises ValueError: no JSON object came."""
        async with self.session.get(url, allow_redirects=False) as answer:
            if answer.status != 200:
                raise ValueError(f"{url} said {answer.status}")
            said = orjson.loads(await answer.content.read(LARGEST))
        if not isinstance(said, dict):
            raise ValueError(f"{url} is no JSON object")  # noqa: TRY004  # nor this
        return said


def _key(said: Mapping[str, Any]) -> Key:
    """Raises ValueError: it is no RSA key."""
    try:
        public = RSAAlgorithm.from_jwk(dict(said))
    except jwt.InvalidKeyError as wrong:
        raise ValueError(str(wrong)) from wrong
    if not isinstance(public, RSAPublicKey):
        raise ValueError("a private key was published")  # noqa: TRY004  # not a caller's mistake
    endorsed = said.get("endorsements")
    if endorsed is None:
        return Key(public, None)
    return Key(public, frozenset(map(str, endorsed)) if isinstance(endorsed, list) else frozenset())
