"""`Idempotency-Key`: asked twice, done once, answered alike.

The key is kept before the act, as an invocation; the engine marks it done in the act's own commit,
and the reply is kept after it. So of any number of repeats one acts. If a process dies between the
act and its reply, the next repeat is told what the act came to.
https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import orjson

from bot.domain.errors import Invalid, Unreadable, UserError
from bot.ports.failpoint import failpoint
from bot.ports.store import AlreadyDone, Invoked, Lane, Store, Unit
from handlers.api.operation import Reply
from handlers.api.refusals import keep_refusal, revive_refusal

REMEMBERED: Final = timedelta(hours=24)
PLATFORM: Final = "rest"
PATIENCE: Final = 40
"""How often a repeat looks for the reply of the first, which is still at it."""

PAUSE: Final = 0.05
_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Kept:
    """`known`: what is kept of an earlier request with this key."""

    key: str
    known: Mapping[str, Any] | None = None

    @property
    def reply(self) -> Mapping[str, Any] | None:
        return self.known["reply"] if self.known else None


def dumped(data: Any) -> bytes:
    """JSON with times in UTC that end in Z."""
    return b"" if data is None else orjson.dumps(data, option=orjson.OPT_UTC_Z)


def key_of(header: str, actor: str) -> str:
    """The name under which the invocation is kept: the actor's own.

    Raises:
        Unreadable: it is empty, too long, or not plain ASCII.
    """
    name = f"{PLATFORM}:{actor}:{header}"
    if not _KEY.fullmatch(header) or len(name) > 250:
        raise Unreadable("An Idempotency-Key has 1 to 200 plain characters and no space.")
    return name


def digest_of(method: str, path: str, body: Any) -> str:
    """The same for the same request, however its JSON is written."""
    asked = orjson.dumps([method, path, body], option=orjson.OPT_SORT_KEYS)
    return sha256(asked).hexdigest()


class Once:
    def __init__(self, store: Store) -> None:
        self.store = store

    async def __call__(
        self,
        key: str,
        digest: str,
        what: str,
        do: Callable[[str], Awaitable[Reply]],
        again: Callable[[datetime], Awaitable[Reply]],
    ) -> Reply:
        """The reply of the first request with this key.

        `do` acts, under the key it is given; `again` says what an act came to that was committed
        at the moment it is given, when its reply was lost.

        Raises:
            Invalid: the key came before with another request.
            UserError: what the first request was refused with.
        """
        kept = await self._keep(key, digest, what)
        if kept.reply is not None:
            return _repeat(kept.reply)
        await failpoint("rest.after_keep")
        try:
            reply = await do(kept.key)
        except AlreadyDone:
            return await self._lost(kept.key, again)
        except UserError as refusal:
            first = await self._refused(kept.key, refusal)
            if first is None:
                raise
            return await self._lost(kept.key, again)
        await failpoint("rest.before_answer")
        await self._answer(kept.key, reply)
        return reply

    async def _keep(self, key: str, digest: str, what: str) -> Kept:
        """Keeps the request, or finds the one that is kept; after a day the key is free again."""

        async def do(unit: Unit) -> Kept:
            name = key
            while True:
                call = Invoked(
                    key=name,
                    platform=PLATFORM,
                    actor=PLATFORM,
                    text=what,
                    payload={"digest": digest},
                )
                if await unit.invoke(call):
                    return Kept(name)
                known = await unit.invoked(name)
                if known is None or unit.now - known["received_at"] < REMEMBERED:
                    return Kept(name, known)
                name = f"{key}@{known['received_at'].timestamp():.0f}"

        kept = await self.store.transact(do, lane=Lane.COMMANDS)
        if kept.known is not None and kept.known["payload"].get("digest") != digest:
            raise Invalid(
                "This Idempotency-Key came before with another request; make a new one.",
                field="Idempotency-Key",
            )
        return kept

    async def _answer(self, key: str, reply: Reply) -> None:
        await self._store(
            key,
            {
                "status": reply.status,
                "body": dumped(reply.data).decode(),
                "headers": dict(reply.headers),
            },
        )

    async def _store(self, key: str, reply: Mapping[str, Any]) -> None:
        async def do(unit: Unit) -> None:
            await unit.answer(key, reply)

        await self.store.transact(do, lane=Lane.COMMANDS)

    async def _refused(self, key: str, refusal: UserError) -> Mapping[str, Any] | None:
        """Keeps the refusal; or gives what is kept, where a repeat was faster and has acted."""
        kept = keep_refusal(refusal)

        async def do(unit: Unit) -> Mapping[str, Any] | None:
            known = await unit.invoked(key)
            if known is not None and known["done_at"] is not None:
                return known
            if kept is not None:
                await unit.answer(key, kept)
            return None

        return await self.store.transact(do, lane=Lane.COMMANDS)

    async def _lost(self, key: str, again: Callable[[datetime], Awaitable[Reply]]) -> Reply:
        """The reply of an act that is committed: the first request's, or what it came to."""
        for _ in range(PATIENCE):
            known = await self._known(key)
            if known.get("reply") is not None:
                return _repeat(known["reply"])
            await asyncio.sleep(PAUSE)
        reply = await again(known["done_at"])
        await self._answer(key, reply)
        return reply

    async def _known(self, key: str) -> Mapping[str, Any]:
        async def do(unit: Unit) -> Mapping[str, Any]:
            return await unit.invoked(key) or {}

        return await self.store.transact(do, lane=Lane.COMMANDS)


def _repeat(kept: Mapping[str, Any]) -> Reply:
    """Raises the refusal, where the first request was refused."""
    if refusal := revive_refusal(kept):
        raise refusal
    body = kept.get("body")
    return Reply(
        data=orjson.Fragment(body) if body else None,
        status=int(kept.get("status", 200)),
        headers=kept.get("headers") or {},
    )
