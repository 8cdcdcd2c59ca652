"""The outbox: claim the head of each ordering key, settle with the claim's token."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import and_, bindparam, case, exists, func, or_, select, update

from bot.domain.effect import TO_PEOPLE, EffectKind, kind_at
from bot.ports.store import Claimed, Place
from storage import tables as t
from storage.flush import upserting
from storage.rows import effect_from
from storage.units.expiry import PENDING, ExpiryPart, as_kept, free

BUNDLED_WITHIN: Final = timedelta(seconds=60)
"""Pages to one person are bundled after the first in this time."""

OVERDUE: Final = timedelta(minutes=5)
"""Lines that were held up for so long are said in one."""

BUNDLE: Final = 50
"""How many notices to one person are named in one; the rest of a storm is counted."""

FEW: Final = 2
"""Heads of a kind that are taken at once, where most of them would be sent away again."""

_OTHER: Final = t.effects.alias()
_ITS_INCIDENT: Final = t.incidents.alias()

# Made once: every effect runs these, and making one takes longer than it runs.
_IDS: Final = t.effects.c.id.in_(bindparam("ids", expanding=True))
_CLAIMED: Final = (
    update(t.effects)
    .where(_IDS)
    .values(claimed_until=bindparam("claimed_until"), token=bindparam("token"))
)
_WANTED: Final = select(t.effects.c.id).where(
    _IDS,
    t.effects.c.token == bindparam("token"),
    t.effects.c.state == PENDING,
    or_(t.effects.c.expires_at.is_(None), t.effects.c.expires_at > bindparam("now")),
)
_PLACES: Final = select(t.places).where(t.places.c.incident == bindparam("of"))


class EffectPart(ExpiryPart):
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
        heads = await self._heads(limit, busy, resting)
        ordering: set[str] = set()
        spared: Counter[str] = Counter()
        for head in heads:
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
        return (await self.connection.execute(_heads(), asked)).all()

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

    async def settle(
        self, claimed: Claimed, *, state: str, error: str = "", retry_at: datetime | None = None
    ) -> bool:
        """Ends a claim: `state` done, failed or withdrawn, or pending with `retry_at`.

        False where the claim is not ours any more (its lease ran out and somebody took over).
        """
        mine = and_(
            t.effects.c.id.in_(claimed.ids),
            t.effects.c.token == claimed.token,
            t.effects.c.state == PENDING,
        )
        values: dict[str, Any] = {
            "state": state,
            "error": error[:1000],
            "claimed_until": None,
            "tries": t.effects.c.tries + 1,
        }
        if retry_at is not None:
            later = as_kept(retry_at, t.effects.c.due_at)
            values["due_at"] = case(
                (t.effects.c.expires_at <= retry_at, t.effects.c.expires_at), else_=later
            )
        else:
            values["settled_at"] = self.now
        result = await self.connection.execute(
            update(t.effects).where(mine).values(values).returning(t.effects.c.id)
        )
        settled = bool(result.scalars().all())
        if settled and state == "done" and claimed.more:
            await self._settle_counted(claimed)
        return settled

    async def _settle_counted(self, claimed: Claimed) -> None:
        """The rest of a storm was said with the named ones, as a number."""
        await self.connection.execute(
            update(t.effects)
            .where(
                t.effects.c.ordering == claimed.effects[0].ordering,
                t.effects.c.state == PENDING,
                t.effects.c.id <= claimed.until,
                t.effects.c.due_at <= self.now,
                free(self.now),
            )
            .values(state="done", settled_at=self.now, error="said as a number in a bundle")
        )

    async def effect_wanted(self, ids: Collection[int], token: str) -> set[int]:
        """Which of the claimed effects are still to be done: not expired, not taken back."""
        asked = {"ids": sorted(ids), "token": token, "now": self.now}
        return set((await self.connection.execute(_WANTED, asked)).scalars())

    async def keep_claim(self, claimed: Claimed, seconds: float) -> None:
        """The claim is good for so many seconds from now, if it is still ours."""
        await self.connection.execute(
            update(t.effects)
            .where(
                t.effects.c.id.in_(claimed.ids),
                t.effects.c.token == claimed.token,
                t.effects.c.state == PENDING,
            )
            .values(claimed_until=self.now + timedelta(seconds=seconds))
        )

    async def free_claims(self) -> None:
        """Nobody's claim holds any more."""
        await self.connection.execute(
            update(t.effects)
            .where(t.effects.c.state == PENDING, t.effects.c.claimed_until.is_not(None))
            .values(claimed_until=None)
        )

    async def hasten(self, claimed: Claimed) -> None:
        """The first way failed for good: the person's other ways for the same step begin now."""
        steps = {effect.key.rsplit(":", 1)[0] for effect in claimed.effects}
        rows = await self.connection.execute(
            select(t.effects.c.id, t.effects.c.key).where(
                t.effects.c.incident.in_(sorted({e.incident or 0 for e in claimed.effects})),
                t.effects.c.kind == claimed.effects[0].kind,
                t.effects.c.state == PENDING,
                t.effects.c.due_at > self.now,
            )
        )
        others = [row.id for row in rows if row.key.rsplit(":", 1)[0] in steps]
        if others:
            await self.connection.execute(
                update(t.effects)
                .where(t.effects.c.id.in_(others), t.effects.c.state == PENDING)
                .values(due_at=self.now)
            )

    async def invited(self, incidents: Collection[int]) -> dict[int, set[str]]:
        """Whom each of the incidents has invited to its room, whatever became of it."""
        known = sorted(set(incidents) - self.ledger.created.keys())
        if not known:
            return {}
        rows = await self.connection.execute(
            select(t.effects.c.incident, t.effects.c.payload).where(
                t.effects.c.incident.in_(known), t.effects.c.kind == EffectKind.INVITE
            )
        )
        found: dict[int, set[str]] = {}
        for row in rows:
            found.setdefault(row.incident, set()).update(row.payload["people"])
        return found

    async def places(self, incident: int) -> list[Place]:
        rows = await self.connection.execute(_PLACES, {"of": incident})
        return [
            Place(incident=row.incident, platform=row.platform, slot=row.slot, address=row.address)
            for row in rows
        ]

    async def put_place(self, place: Place) -> None:
        statement = upserting(self.connection, t.places)
        await self.connection.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant", "incident", "platform", "slot"],
                set_={"address": statement.excluded.address},
            ),
            {
                "tenant": "default",
                "incident": place.incident,
                "platform": place.platform,
                "slot": place.slot,
                "address": dict(place.address),
            },
        )


@cache
def _heads() -> Any:
    """Made once, since it takes far longer to make than to run."""
    now = bindparam("now", type_=t.effects.c.due_at.type)
    to_people = t.effects.c.kind.in_(sorted(TO_PEOPLE))
    return (
        select(t.effects)
        .join(t.incidents, t.incidents.c.number == t.effects.c.incident, isouter=True)
        .where(
            t.effects.c.state == PENDING,
            t.effects.c.due_at <= now,
            free(now),
            case((to_people, ~_busy_with_person(now)), else_=~_held_back(now)),
            ~and_(to_people, _told_just_now()),
            t.effects.c.destination.not_in(bindparam("busy", expanding=True)),
            t.effects.c.ordering.not_in(bindparam("busy", expanding=True)),
            (t.effects.c.destination + " " + t.effects.c.kind).not_in(
                bindparam("resting", expanding=True)
            ),
        )
        .order_by(t.incidents.c.severity, t.effects.c.due_at, t.effects.c.id)
        .limit(bindparam("limit"))
        .with_for_update(of=t.effects, skip_locked=True)
    )


def _held_back(now: Any) -> Any:
    """An earlier one is on its way, due, waits for its next try, or opens the room."""
    earlier = _OTHER
    return exists().where(
        earlier.c.ordering == t.effects.c.ordering,
        earlier.c.state == PENDING,
        earlier.c.id < t.effects.c.id,
        or_(
            earlier.c.claimed_until > now,
            earlier.c.due_at <= now,
            earlier.c.tries > 0,
            earlier.c.kind == EffectKind.OPEN_ROOM,
        ),
    )


def _busy_with_person(now: Any) -> Any:
    """Something is on its way to the person by this way, or what came first is as bad."""
    other, its_incident = _OTHER, _ITS_INCIDENT
    first = and_(other.c.id < t.effects.c.id, other.c.due_at <= now, _as_bad(its_incident))
    return exists(
        select(other.c.id)
        .join(its_incident, its_incident.c.number == other.c.incident, isouter=True)
        .where(
            other.c.ordering == t.effects.c.ordering,
            other.c.state == PENDING,
            or_(other.c.claimed_until > now, first),
        )
    )


def _as_bad(other: Any) -> Any:
    return func.coalesce(other.c.severity, "P0") <= func.coalesce(t.incidents.c.severity, "P4")


def _told_just_now() -> Any:
    """The person was told by this way less than a minute ago, of something as bad."""
    before, its_incident = _OTHER, _ITS_INCIDENT
    return exists(
        select(before.c.id)
        .join(its_incident, its_incident.c.number == before.c.incident, isouter=True)
        .where(
            before.c.ordering == t.effects.c.ordering,
            before.c.state == "done",
            before.c.settled_at > bindparam("minute_ago", type_=before.c.settled_at.type),
            _as_bad(its_incident),
        )
    )


def _is_line(row: Any) -> bool:
    """It says one entry, and is no card."""
    return row.kind == EffectKind.POST and "seq" in row.payload
