"""Tokens of machines, kept as hashes; the secret is shown once."""

import re
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import structlog
from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import DBAPIError

from bot.domain.entry import EntryType
from bot.domain.errors import Invalid, NotFound, Overloaded
from bot.domain.people import SYSTEM, Actor, Right
from bot.ports.tokens import Token
from storage import tables as t
from storage.store import SqlStore
from storage.units import SqlUnit
from storage.writing import write

log = structlog.get_logger()

PREFIX: Final = "mst_"
FRESH: Final = timedelta(seconds=2)
"""A token that was found is not asked for again so soon, nor missed by another process."""

SEEN_EVERY: Final = timedelta(minutes=1)
REMEMBERED: Final = 1_000
NAME_LIMIT: Final = 200

_SCOPE: Final = re.compile(r"api|source:(\*|[a-z0-9][a-z0-9_-]{0,62})")

_COLUMNS: Final = tuple(column for column in t.tokens.c if column.name not in {"tenant", "hash"})


def new_secret() -> str:
    """`mst_` and 43 characters that nobody guesses."""
    return PREFIX + secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """Secrets are random and long, so a plain hash tells nothing."""
    return sha256(secret.encode()).hexdigest()


class SqlTokens:
    """See bot.ports.tokens.Tokens. What was made or revoked here holds here at once."""

    def __init__(self, store: SqlStore, *, secret: Callable[[], str] = new_secret) -> None:
        self.store, self._secret = store, secret
        self._found: dict[str, tuple[datetime, Token]] = {}

    async def find(self, secret: str) -> Token | None:
        now, hash = self.store.now(), hashed(secret)
        at, token = self._found.get(hash, (None, None))
        if token is not None and at is not None and now - at < FRESH:
            return token
        token = await self._read(hash)
        if token is None:
            self._found.pop(hash, None)
            return None
        if len(self._found) >= REMEMBERED:
            self._found.clear()
        self._found[hash] = (now, token)
        if token.last_used_at is None or now - token.last_used_at >= SEEN_EVERY:
            await self._seen(token.id)
        return token

    async def _read(self, hash: str) -> Token | None:
        statement = select(*_COLUMNS).where(
            t.tokens.c.hash == hash, t.tokens.c.revoked_at.is_(None)
        )
        async with self.store.reading() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return _token(row) if row is not None else None

    async def _seen(self, id: str) -> None:
        """A token opens its door even while nothing can be written."""

        async def see(unit: SqlUnit) -> None:
            await unit.connection.execute(
                update(t.tokens).where(t.tokens.c.id == id).values(last_used_at=unit.now)
            )

        try:
            await write(self.store, see)
        except (Overloaded, DBAPIError) as wrong:
            log.warning("token_use_not_noted", token=id, error=repr(wrong)[:200])

    async def create(
        self,
        name: str,
        *,
        scopes: Sequence[str],
        right: Right,
        person: str | None = None,
        by: Actor = SYSTEM,
    ) -> tuple[Token, str]:
        """A new token and its secret.

        Raises:
            Invalid: no name, or a scope that is none of `api`, `source:<name>`, `source:*`.
        """
        _check(name, scopes)
        secret = self._secret()

        async def make(unit: SqlUnit) -> Token:
            token = Token(
                id=unit.ledger.new_id(),
                name=name,
                scopes=tuple(scopes),
                right=right,
                person=person,
                created_at=unit.now,
            )
            await unit.connection.execute(
                insert(t.tokens).values(
                    id=token.id,
                    name=name,
                    hash=hashed(secret),
                    scopes=list(scopes),
                    right=str(right),
                    person=person,
                    created_at=unit.now,
                )
            )
            await _record(unit, by, token.id, f"Made the token {name}.", scopes=list(scopes))
            return token

        return await write(self.store, make), secret

    async def list(self) -> Sequence[Token]:
        """All of them, the revoked too, oldest first."""
        async with self.store.reading() as connection:
            rows = await connection.execute(select(*_COLUMNS).order_by(t.tokens.c.id))
            return [_token(row) for row in rows]

    async def rotate(self, id: str, *, by: Actor = SYSTEM) -> str:
        """A new secret; the old one opens nothing any more.

        Raises:
            NotFound: there is no such token, or it is revoked.
        """
        secret = self._secret()
        await self._change(id, by, "Gave a new secret to", {"hash": hashed(secret)})
        return secret

    async def revoke(self, id: str, *, by: Actor = SYSTEM) -> None:
        """
        Raises:
            NotFound: there is no such token, or it is revoked already.
        """
        await self._change(id, by, "Revoked", {"revoked_at": self.store.now()})

    async def _change(self, id: str, by: Actor, did: str, values: dict[str, Any]) -> None:
        async def change(unit: SqlUnit) -> None:
            rows = await unit.connection.execute(
                update(t.tokens)
                .where(t.tokens.c.id == id, t.tokens.c.revoked_at.is_(None))
                .values(values)
                .returning(t.tokens.c.name)
            )
            name = rows.scalar_one_or_none()
            if name is None:
                raise NotFound(f"There is no token {id} in use.")
            await _record(unit, by, id, f"{did} the token {name}.")

        await write(self.store, change)
        self._found = {hash: known for hash, known in self._found.items() if known[1].id != id}


def _check(name: str, scopes: Sequence[str]) -> None:
    if not name.strip() or len(name) > NAME_LIMIT:
        raise Invalid(f"A token needs a name of at most {NAME_LIMIT} characters.", field="name")
    wrong = [scope for scope in scopes if not _SCOPE.fullmatch(scope)]
    if wrong or not scopes:
        said = ", ".join(map(repr, wrong)) or "nothing"
        raise Invalid(
            f"A token's scopes are `api`, `source:<name>` or `source:*`, not {said}.",
            field="scopes",
        )


async def _record(unit: SqlUnit, by: Actor, id: str, text: str, **more: Any) -> None:
    await unit.system_entry(by, EntryType.ACTION_EXECUTED, text, token=id, **more)


def _token(row: Row[*tuple[Any, ...]]) -> Token:
    values = dict(row._mapping)
    return Token(**{**values, "scopes": tuple(values["scopes"]), "right": Right(values["right"])})
