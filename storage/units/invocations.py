"""Commands, kept by their key before anybody is told that they were heard."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import and_, bindparam, delete, select, update

from bot.domain.errors import Invalid
from bot.ports.analyses import DECIDED, SuggestionStatus
from bot.ports.store import Cause, Invoked
from storage import tables as t
from storage.flush import insert_of
from storage.units.base import Part

REST: Final = "rest"

# Made once: each command runs all of them, and making one takes longer than it runs.
_BY_KEY: Final = select(t.invocations).where(t.invocations.c.key == bindparam("of"))
_LOCKED: Final = (
    select(t.invocations.c.done_at).where(t.invocations.c.key == bindparam("of")).with_for_update()
)
_DONE: Final = (
    update(t.invocations)
    .where(t.invocations.c.key == bindparam("of"))
    .values(done_at=bindparam("done_at"))
)
_DECIDED: Final = (
    update(t.suggestions)
    .where(
        t.suggestions.c.id == bindparam("suggestion"),
        t.suggestions.c.status == str(SuggestionStatus.PENDING),
    )
    .values(
        status=bindparam("status"),
        decided_by=bindparam("by"),
        decided_at=bindparam("now"),
        reason=bindparam("reason"),
    )
)
_UNDONE: Final = and_(t.invocations.c.key == bindparam("of"), t.invocations.c.done_at.is_(None))
_ASKED_AGAIN: Final = update(t.invocations).where(_UNDONE).values(received_at=bindparam("now"))
_FORGOTTEN: Final = delete(t.invocations).where(
    _UNDONE, t.invocations.c.received_at == bindparam("kept_at")
)
_ANSWERED: Final = _DONE.values(reply=bindparam("reply"))


@cache
def _kept(dialect: str) -> Any:
    return insert_of(dialect)(t.invocations).on_conflict_do_nothing().returning(t.invocations.c.key)


class InvocationPart(Part):
    async def invoke(self, call: Invoked) -> bool:
        """Keeps the command; False where its key is known already."""
        made = await self.connection.execute(
            _kept(self.dialect),
            {
                "tenant": "default",
                "key": call.key,
                "platform": call.platform,
                "actor": call.actor,
                "text": call.text,
                "payload": dict(call.payload),
                "received_at": self.now,
            },
        )
        return made.scalar_one_or_none() is not None

    async def invoked(self, key: str) -> Mapping[str, Any] | None:
        """What is kept of the command: `done_at`, `reply`, `payload`, `text`, `actor`."""
        rows = await self.connection.execute(_BY_KEY, {"of": key})
        row = rows.one_or_none()
        return dict(row._mapping) if row is not None else None

    async def ask_again(self, key: str) -> Mapping[str, Any] | None:
        """What is kept of a command that came once more; from now on nobody may `forget` it."""
        await self.connection.execute(_ASKED_AGAIN, {"of": key, "now": self.now})
        return await self.invoked(key)

    async def forget(self, key: str, kept_at: datetime) -> None:
        """Who asked then was told that it is not kept; nothing, where it came again since."""
        await self.connection.execute(_FORGOTTEN, {"of": key, "kept_at": kept_at})

    async def answer(self, key: str, reply: Mapping[str, Any]) -> None:
        """Keeps the reply, and that the command is carried out."""
        await self.connection.execute(
            _ANSWERED, {"of": key, "reply": dict(reply), "done_at": self.now}
        )

    async def carry_out(self, cause: Cause) -> bool:
        """Marks the command as carried out in this transaction; False where it was before.

        A key nobody kept (a test, a job) is carried out as well. A suggestion is decided with it.

        Raises:
            Invalid: the suggestion was decided before.
        """
        if isinstance(cause, str):
            return await self._carry_out(cause)
        if not await self._carry_out(cause.call):
            return False
        done = await self.connection.execute(_DECIDED, {**asdict(cause), "now": self.now})
        if not done.rowcount:
            raise Invalid(DECIDED)
        return True

    async def _carry_out(self, key: str) -> bool:
        rows = await self.connection.execute(_LOCKED, {"of": key})
        row = rows.one_or_none()
        if row is None:
            return True
        if row.done_at is not None:
            return False
        await self.connection.execute(_DONE, {"of": key, "done_at": self.now})
        return True

    async def left_behind(self, before: datetime) -> list[Mapping[str, Any]]:
        """Commands that were kept before then and never finished.

        A request to the API is not among them: nobody but its client can ask for it again.
        """
        rows = await self.connection.execute(
            select(t.invocations)
            .where(
                t.invocations.c.done_at.is_(None),
                t.invocations.c.received_at < before,
                t.invocations.c.platform != REST,
            )
            .order_by(t.invocations.c.received_at)
            .limit(100)
        )
        return [dict(row._mapping) for row in rows]
