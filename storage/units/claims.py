"""Claiming: the head of each ordering key that is due, and what is said along with it."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import bindparam, func, select, update

from bot.domain.effect import TO_PEOPLE, EffectKind, kind_at
from bot.ports.store import Claimed
from storage import tables as t
from storage.rows import effect_from
from storage.units.expiry import PENDING, ExpiryPart, free
from storage.units.heads import BUNDLED_WITHIN, heads

OVERDUE: Final = timedelta(minutes=5)
"""Lines that were held up for so long are said in one."""

BUNDLE: Final = 50
"""How many notices to one person are named in one; the rest of a storm is counted."""

FEW: Final = 2
"""Heads of a kind that are taken at once, where most of them would be sent away again."""

_CLAIMED: Final = (
    update(t.effects)
    .where(t.effects.c.id.in_(bindparam("ids", expanding=True)))
    .values(claimed_until=bindparam("claimed_until"), token=bindparam("token"))
)
"""Made once: every effect runs it, and making it takes longer than it runs."""


class ClaimPart(ExpiryPart):
    async def claim(
        self,
        limit: int,
        *,
        lease: float,
        busy: Collection[str] = (),
        resting: Collection[str] = (),
        sparing: Collection[str] = (),
    ) -> list[Claimed]:
        """Takes the heads of up to `limit` ordering keys that are due, for `lease` seconds.

        Heads go by (severity of the incident now, due, id); `busy` names destinations and
        ordering keys that are resting, `resting` kinds that are (`slack EditCard`); of a kind in
        `sparing` only the first few are taken. Everything else due to the same person by the same
        way comes with its head, most severe first, to be said in one; so do lines that were held
        up.
        """
        claimed = await self.expire(lease)
        first = await self._heads(limit, busy, resting)
        ordering: set[str] = set()
        spared: Counter[str] = Counter()
        for head in first:
            kind = kind_at(head)
            if head.ordering in ordering or spared[kind] == FEW:
                continue
            ordering.add(head.ordering)
            spared[kind] += kind in sparing
            rows, more, until = [head], 0, head.id
            if head.kind in TO_PEOPLE:
                rows = await self._companions(head)
                more, until = await self._beyond(head, rows)
            elif self._is_overdue(head):
                rows = [row for row in await self._companions(head) if _is_line(row)]
            token = self.ledger.new_id()
            await self.connection.execute(
                _CLAIMED,
                {
                    "ids": [row.id for row in rows],
                    "claimed_until": self.now + timedelta(seconds=lease),
                    "token": token,
                },
            )
            claimed.append(
                Claimed(
                    ids=tuple(row.id for row in rows),
                    token=token,
                    effects=tuple(effect_from(row) for row in rows),
                    tries=max(head.tries, 1 if head.token else 0),  # its process may have died
                    queued_at=min(row.queued_at for row in rows),
                    more=more,
                    until=until,
                )
            )
        return claimed

    async def _heads(
        self, limit: int, busy: Collection[str], resting: Collection[str]
    ) -> Sequence[Any]:
        asked = {
            "now": self.now,
            "minute_ago": self.now - BUNDLED_WITHIN,
            "limit": limit,
            "busy": sorted(busy),
            "resting": sorted(resting),
        }
        return (await self.connection.execute(heads(), asked)).all()

    def _is_overdue(self, head: Any) -> bool:
        """A line that could not be said for long: what waits behind it is said with it."""
        late = head.queued_at < self.now - OVERDUE
        return bool(head.tries) and late and _is_line(head)

    async def _companions(self, head: Any) -> list[Any]:
        rows = await self.connection.execute(
            select(t.effects)
            .join(t.incidents, t.incidents.c.number == t.effects.c.incident, isouter=True)
            .where(
                t.effects.c.ordering == head.ordering,
                t.effects.c.state == PENDING,
                t.effects.c.due_at <= self.now,
                free(self.now),
            )
            .order_by(t.incidents.c.severity, t.effects.c.id)
            .limit(BUNDLE)
            .with_for_update(of=t.effects, skip_locked=True)
        )
        found = rows.all()
        return list(found) if any(row.id == head.id for row in found) else [head, *found]

    async def _beyond(self, head: Any, named: Sequence[Any]) -> tuple[int, int]:
        """How many more are due to the same person by the same way, and the last one's id."""
        if len(named) < BUNDLE:
            return 0, head.id
        rows = await self.connection.execute(
            select(func.count(), func.max(t.effects.c.id)).where(
                t.effects.c.ordering == head.ordering,
                t.effects.c.state == PENDING,
                t.effects.c.due_at <= self.now,
                free(self.now),
            )
        )
        count, last = rows.one()
        return int(count) - len(named), int(last)


def _is_line(row: Any) -> bool:
    """It says one entry, and is no card."""
    return row.kind == EffectKind.POST and "seq" in row.payload
