"""Effects whose time is over: given up, and pages put on the record."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, case, literal, or_, select, update

from bot.domain.effect import EffectKind, of_level
from bot.ports.store import Claimed
from storage import tables as t
from storage.rows import effect_from
from storage.units.base import Part

PENDING: Final = "pending"
TOGETHER: Final = 50
"""Pages that are put on the record in one transaction, at most."""


class ExpiryPart(Part):
    async def expire(self, lease: float) -> list[Claimed]:
        """Ends what is out of time; pages are claimed, so that their end is put on the record."""
        token = self.ledger.new_id()
        rows = await self.connection.execute(
            _EXPIRED,
            {"now": self.now, "until": self.now + timedelta(seconds=lease), "mark": token},
        )
        pages = [row for row in rows if row.kind == EffectKind.PAGE]
        return [
            Claimed(
                ids=tuple(row.id for row in some),
                token=token,
                effects=tuple(effect_from(row) for row in some),
                tries=some[0].tries,
                queued_at=min(row.queued_at for row in some),
                lapsed=True,
            )
            for some in (pages[at : at + TOGETHER] for at in range(0, len(pages), TOGETHER))
        ]

    async def end_superseded(self) -> None:
        """What earlier levels of a round have not sent is out of time once a further one rings."""
        if not self.ledger.superseded:
            return
        rows = await self.connection.execute(
            select(t.effects.c.id, t.effects.c.incident, t.effects.c.payload).where(
                t.effects.c.incident.in_(sorted({n for n, _ in self.ledger.superseded})),
                t.effects.c.kind == EffectKind.PAGE,
                t.effects.c.state == PENDING,
            )
        )
        over = [
            row.id
            for row in rows
            if (row.incident, round := row.payload["round"]) in self.ledger.superseded
            and of_level(row.payload, round)
        ]
        if over:
            now = as_kept(self.now, t.effects.c.due_at)
            await self.connection.execute(
                update(t.effects)
                .where(t.effects.c.id.in_(over), t.effects.c.state == PENDING)
                .values(
                    expires_at=now,
                    due_at=case((t.effects.c.due_at > now, now), else_=t.effects.c.due_at),
                )
            )


def free(now: Any) -> Any:
    """Nobody has claimed it, or not any more; `now` is a time or a parameter."""
    return or_(t.effects.c.claimed_until.is_(None), t.effects.c.claimed_until <= now)


def as_kept(moment: datetime, column: Any) -> Any:
    """A time inside an expression, as this column keeps it."""
    return literal(moment, column.type)


_PAGE: Final = t.effects.c.kind == EffectKind.PAGE
_EXPIRED: Final = (
    update(t.effects)
    .where(
        t.effects.c.state == PENDING,
        t.effects.c.due_at <= bindparam("now"),
        t.effects.c.expires_at <= bindparam("now"),
        free(bindparam("now")),
    )
    .values(
        state=case((_PAGE, PENDING), else_="expired"),
        settled_at=case((_PAGE, None), else_=bindparam("now", type_=t.effects.c.settled_at.type)),
        claimed_until=bindparam("until", type_=t.effects.c.due_at.type),
        token=bindparam("mark"),
    )
    .returning(t.effects)
)
