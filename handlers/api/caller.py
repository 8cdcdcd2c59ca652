"""Who acts through the REST API: a person, or a program with a right of its own.

A token that stands for a person acts as that person, with the lesser of both rights. Any other
token is an integration. The cookie of the web room counts as well, for pages of our own. In dev,
whoever shows nothing is the first admin.
"""

from typing import Final, Protocol

from aiohttp import web

from bot.domain.entry import ActorType
from bot.domain.errors import Unauthentic
from bot.domain.people import Actor, Right
from bot.engine.people import People
from bot.ports.tokens import Token
from handlers.credentials import Credentials, presented

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Caller(Protocol):
    async def __call__(self, request: web.Request) -> Actor:
        """Raises Unauthentic: nobody we know."""
        ...


class Sessions(Protocol):
    """Whose browser it is; see handlers/web/visitor.py."""

    async def person_of(self, request: web.Request) -> str | None: ...
    def refuse_strangers(self, request: web.Request, *, must_say: bool = False) -> None:
        """Raises Forbidden: a page of another origin sent it."""
        ...


class Callers:
    def __init__(
        self, credentials: Credentials, people: People, sessions: Sessions | None = None
    ) -> None:
        self.credentials, self.people, self.sessions = credentials, people, sessions

    async def __call__(self, request: web.Request) -> Actor:
        origin = {"platform": "api", "address": request.remote or ""}
        origin = {name: said for name, said in origin.items() if said}
        if not any(presented(request)) and (id := await self._signed_in(request)):
            return self._person(id, origin)
        token = await self.credentials.api_token(request)
        if token is not None:
            return self._bearer(token, origin)
        admin = self.people.first_admin(origin)
        if admin is None:
            raise Unauthentic("The policies name no admin whom calls without a token could be.")
        return admin

    async def _signed_in(self, request: web.Request) -> str | None:
        if self.sessions is None:
            return None
        id = await self.sessions.person_of(request)
        if id is not None and request.method not in SAFE:
            self.sessions.refuse_strangers(request, must_say=bool(request.cookies))
        return id

    def _bearer(self, token: Token, origin: dict[str, str]) -> Actor:
        if token.person is None:
            return Actor(
                id=f"token:{token.id}",
                name=token.name,
                type=ActorType.INTEGRATION,
                right=token.right,
                origin=origin,
            )
        actor = self._person(token.person, {**origin, "token": token.name})
        return _limited(actor, token.right)

    def _person(self, id: str, origin: dict[str, str]) -> Actor:
        actor = self.people.actor(id, origin)
        if actor is None:
            raise Unauthentic(f"This token stands for {id!r}, whom the policies do not know.")
        return actor


def _limited(actor: Actor, right: Right) -> Actor:
    """A token without a right of its own does not limit its person."""
    if right is Right.NOTHING or right.reaches(actor.right):
        return actor
    return Actor(
        id=actor.id,
        name=actor.name,
        right=right,
        zone=actor.zone,
        origin=actor.origin,
    )
