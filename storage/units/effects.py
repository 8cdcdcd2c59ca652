"""The outbox: what was claimed is settled with the claim's token; where its posts stand."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, case, or_, select, update

from bot.domain.effect import EffectKind
from bot.ports.store import Claimed, Place
from storage import tables as t
from storage.flush import upserting
from storage.units.claims import ClaimPart
from storage.units.expiry import PENDING, free

# Made once: every effect runs these, and making one takes longer than it runs.
_WANTED: Final = select(t.effects.c.id).where(
    t.effects.c.id.in_(bindparam("ids", expanding=True)),
    t.effects.c.token == bindparam("token"),
    t.effects.c.state == PENDING,
    or_(t.effects.c.expires_at.is_(None), t.effects.c.expires_at > bindparam("now")),
)
_DUE: Final = t.effects.c.due_at
_ENDED: Final = (
    update(t.effects)
    .where(
        t.effects.c.id.in_(bindparam("ids", expanding=True)),
        t.effects.c.token == bindparam("mark"),
        t.effects.c.state == PENDING,
    )
    .values(
        state=bindparam("becomes"),
        error=bindparam("told"),
        claimed_until=None,
        tries=t.effects.c.tries + 1,
    )
    .returning(t.effects.c.id)
)
_SETTLED: Final = _ENDED.values(settled_at=bindparam("now"))
_PUT_BACK: Final = _ENDED.values(
    due_at=case(
        (t.effects.c.expires_at <= bindparam("retry_at", type_=_DUE.type), t.effects.c.expires_at),
        else_=bindparam("retry_at", type_=_DUE.type),
    )
)
_PLACES: Final = select(t.places).where(t.places.c.incident == bindparam("of"))


class EffectPart(ClaimPart):
    async def settle(
        self, claimed: Claimed, *, state: str, error: str = "", retry_at: datetime | None = None
    ) -> bool:
        """Ends a claim: `state` done, failed or withdrawn, or pending with `retry_at`.

        False where the claim is not ours any more (its lease ran out and somebody took over).
        """
        asked = {"ids": claimed.ids, "mark": claimed.token, "told": error[:1000], "becomes": state}
        if retry_at is not None:
            result = await self.connection.execute(_PUT_BACK, {**asked, "retry_at": retry_at})
        else:
            result = await self.connection.execute(_SETTLED, {**asked, "now": self.now})
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
