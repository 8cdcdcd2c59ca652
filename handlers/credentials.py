"""Who sends this? Tokens from the settings, tokens from the database, and signatures.

A token may stand in `Authorization: Bearer`, in a Basic password, in X-API-Key, X-Muster-Token or
X-Sentinel-API-Key, or, where a vendor can do nothing else, in `?token=`. Outside dev nothing is
open; in dev everything is, and handlers/guard.py keeps others out.
"""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator
from typing import Final

from aiohttp import web

from bot.domain.errors import Forbidden, Unauthentic
from bot.domain.people import Right
from bot.ports.clock import Clock
from bot.ports.tokens import Token, Tokens
from handlers.doors.directory import Entrance
from handlers.signatures import is_signed, same

TOKEN_HEADERS: Final = ("X-API-Key", "X-Muster-Token", "X-Sentinel-API-Key")
TOKEN_PREFIX: Final = "mst_"
NEUTRAL: Final = "muster"
_HOW: Final = "Send it as Authorization: Bearer."


class Credentials:
    def __init__(self, tokens: Tokens, clock: Clock, *, dev: bool = False) -> None:
        self.tokens, self.clock, self.dev = tokens, clock, dev

    async def admit(self, request: web.Request, entrance: Entrance, body: bytes) -> None:
        """Lets this source's sender in.

        Raises:
            Unauthentic: no or a wrong credential, or this source has none.
        """
        if self.dev:
            return
        secrets = list(presented(request))
        if entrance.token and any(same(entrance.token, secret) for secret in secrets):
            return
        if entrance.secret and is_signed(request.headers, body, entrance.secret, self.clock.wall()):
            return
        for secret in secrets:
            token = await self._find(secret)
            if token is not None and token.opens_source(entrance.name):
                return
        raise _no_admittance(entrance)

    async def source_of(self, secret: str, directory: Iterable[Entrance]) -> str | None:
        """The name of the source that this token opens; None where it opens all, or in dev.

        Raises:
            Unauthentic: it opens none.
        """
        owners = [e.name for e in directory if e.token and same(e.token, secret)]
        if owners:
            return owners[0]
        token = await self._find(secret)
        if token is not None:
            names = [s.removeprefix("source:") for s in token.scopes if s.startswith("source:")]
            if names:
                return None if "*" in names else names[0]
        if self.dev:
            return None
        raise Unauthentic("Invalid routing key: it is the token of no source.")

    async def admit_events(
        self, request: web.Request, directory: Iterable[Entrance], needed: Right
    ) -> str:
        """A name for the sender of neutral events: a source of kind `muster`, or an API token.

        Raises:
            Unauthentic: no or a wrong credential.
            Forbidden: the token's right does not reach.
        """
        secrets = list(presented(request))
        for entrance in directory:
            if entrance.source.kind != NEUTRAL or not entrance.token:
                continue
            if any(same(entrance.token, secret) for secret in secrets):
                return f"source:{entrance.name}"
        for secret in secrets:
            token = await self._find(secret)
            if token is not None and _may_send_events(token, needed):
                return f"token:{token.id}"
        if self.dev:
            return request.remote or "here"
        raise Unauthentic(
            f"Send an API token, or the token of a source of kind {NEUTRAL!r}. {_HOW}"
        )

    async def api_token(self, request: web.Request) -> Token | None:
        """The API token of a request; None in dev where none is sent.

        Raises:
            Unauthentic: no or a wrong credential.
        """
        for secret in presented(request):
            token = await self._find(secret)
            if token is not None and token.opens_api:
                return token
        if self.dev:
            return None
        raise Unauthentic(f"Send an API token (`muster token create` makes one). {_HOW}")

    async def _find(self, secret: str) -> Token | None:
        if not (secret.startswith(TOKEN_PREFIX) and secret.isascii()):
            return None
        return await self.tokens.find(secret)


def presented(request: web.Request) -> Iterator[str]:
    """Every token the request shows."""
    scheme, _, said = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and said.strip():
        yield said.strip()
    elif scheme.lower() == "basic":
        yield from _password(said)
    for header in TOKEN_HEADERS:
        if found := request.headers.get(header):
            yield found.strip()
    if request.query_string and (found := request.query.get("token")):
        yield found


def _password(said: str) -> Iterator[str]:
    try:
        _, colon, password = b64decode(said.strip(), validate=True).decode().partition(":")
    except (NotBase64, ValueError):
        return
    if colon and password:
        yield password


def _may_send_events(token: Token, needed: Right) -> bool:
    if any(scope.startswith("source:") for scope in token.scopes):
        return True
    if not token.opens_api:
        return False
    if not token.right.reaches(needed):
        raise Forbidden(f"This token's right is {token.right}; this takes {needed}.")
    return True


def _no_admittance(entrance: Entrance) -> Unauthentic:
    name = entrance.name
    if entrance.token or entrance.secret:
        return Unauthentic(f"Send the token or the signature of source {name!r}. {_HOW}")
    return Unauthentic(
        f"Send a token of source {name!r}; `muster token create` makes one, "
        f"or set sources.{name}.token or sources.{name}.secret. {_HOW}"
    )
