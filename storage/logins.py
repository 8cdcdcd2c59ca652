"""How a person signs in to the web room: a link that works once, and the session it opens.

Both are secrets of which only hashes are kept. Who the person is and what they may do is asked of
the policies at every request, so that taking a right away needs no sign-out.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from bot.domain.entry import EntryType
from bot.domain.errors import Overloaded
from bot.domain.people import SYSTEM, Actor
from storage import tables as t
from storage.store import SqlStore
from storage.tokens import hashed
from storage.units import SqlUnit
from storage.writing import write

LINK: Final = "link"
SESSION: Final = "session"
LINK_HOLDS: Final = timedelta(minutes=15)
SESSION_HOLDS: Final = timedelta(hours=12)
EXTENDED_AFTER: Final = timedelta(minutes=30)
"""A session in use is carried on by a write at most this often."""


def new_secret() -> str:
    return secrets.token_urlsafe(32)


class Logins:
    def __init__(self, store: SqlStore, *, secret: Callable[[], str] = new_secret) -> None:
        self.store, self._secret = store, secret

    async def make_link(self, person: str, *, by: Actor = SYSTEM) -> str:
        """The secret of a sign-in link: for 15 minutes, and once."""

        async def make(unit: SqlUnit) -> str:
            await unit.system_entry(
                by,
                EntryType.ACTION_EXECUTED,
                f"Made a sign-in link for {person}.",
                person=person,
            )
            return await self._keep(unit, person, LINK, LINK_HOLDS)

        return await write(self.store, make)

    async def open_link(self, secret: str) -> str | None:
        """The secret of the session it opens; None where the link is used, too old or none."""

        async def open_it(unit: SqlUnit) -> str | None:
            used = await unit.connection.execute(
                update(t.logins)
                .where(
                    t.logins.c.hash == hashed(secret),
                    t.logins.c.kind == LINK,
                    t.logins.c.used_at.is_(None),
                    t.logins.c.expires_at > unit.now,
                )
                .values(used_at=unit.now)
                .returning(t.logins.c.person)
            )
            person = used.scalar_one_or_none()
            if person is None:
                return None
            return await self._keep(unit, person, SESSION, SESSION_HOLDS)

        return await write(self.store, open_it)

    async def open_session(self, person: str) -> str:
        """The secret of a session for somebody who was recognised in another way."""

        async def make(unit: SqlUnit) -> str:
            return await self._keep(unit, person, SESSION, SESSION_HOLDS)

        return await write(self.store, make)

    async def _keep(self, unit: SqlUnit, person: str, kind: str, holds: timedelta) -> str:
        secret = self._secret()
        await unit.connection.execute(
            insert(t.logins).values(
                hash=hashed(secret),
                person=person,
                kind=kind,
                made_at=unit.now,
                expires_at=unit.now + holds,
            )
        )
        return secret

    async def session(self, secret: str) -> str | None:
        """The person whose session this is; it ends 12 hours after it was last used."""
        now, hash = self.store.now(), hashed(secret)
        statement = select(t.logins.c.person, t.logins.c.expires_at).where(
            t.logins.c.hash == hash, t.logins.c.kind == SESSION, t.logins.c.expires_at > now
        )
        async with self.store.reading() as connection:
            row = (await connection.execute(statement)).one_or_none()
        if row is None:
            return None
        if now + SESSION_HOLDS - row.expires_at >= EXTENDED_AFTER:
            await self._extend(hash)
        return str(row.person)

    async def _extend(self, hash: str) -> None:
        async def extend(unit: SqlUnit) -> None:
            await unit.connection.execute(
                update(t.logins)
                .where(t.logins.c.hash == hash)
                .values(expires_at=unit.now + SESSION_HOLDS)
            )

        with suppress(Overloaded, DBAPIError):  # a page can be read while nothing can be written
            await write(self.store, extend)

    async def end(self, secret: str) -> None:
        """Signs out."""

        async def forget(unit: SqlUnit) -> None:
            await unit.connection.execute(delete(t.logins).where(t.logins.c.hash == hashed(secret)))

        await write(self.store, forget)
