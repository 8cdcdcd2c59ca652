"""How a claim ends: done, put back, given up or lapsed, each written with what follows from it.

A page that went out or did not is put on the record of every incident it spoke of; what an effect
made (a room, a card) is kept as a place, so that the next effect finds it.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import structlog

from bot.domain.effect import Effect, EffectKind
from bot.domain.entry import EntryType
from bot.domain.incident import Incident
from bot.domain.people import SYSTEM
from bot.engine.moves import (
    ANNOUNCEMENT,
    can_wait,
    follow_room,
    give_up_room,
    is_room,
    move_card,
    open_later,
)
from bot.engine.rooms import ANEW
from bot.engine.work import Work
from bot.ports.channel import Channel, Job
from bot.ports.failpoint import failpoint
from bot.ports.store import Claimed, Lane, Place, Unit

log = structlog.get_logger()

ROW_WAITS: Final = (timedelta(seconds=5), timedelta(minutes=5))
SOON: Final = timedelta(seconds=0.5)


class Settling:
    """Every function is one transaction; a claim that is not ours any more settles nothing.

    `outcomes` counts by destination how calls ended.
    """

    def __init__(self, work: Work, channels: Mapping[str, Channel]) -> None:
        self.work, self.channels = work, channels
        self.outcomes: Counter[tuple[str, str]] = Counter()

    async def finish(
        self, claimed: Claimed, job: Job, made: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """It was taken; `made` is what the call made, by slot."""
        effect = claimed.effects[0]
        self.outcomes[effect.destination, "done"] += 1

        async def do(unit: Unit) -> None:
            if not await unit.settle(claimed, state="done"):
                return
            if effect.incident is not None:
                await self._keep_places(unit, claimed, job, made)
                await move_card(unit, effect, self._can(effect))
                await self._enter_anew(unit, effect, made)
                await self._enter_sent(unit, claimed)

        await self.work(do, lane=Lane.DELIVERY)
        await failpoint("delivery.after_settle")

    def _can(self, effect: Effect) -> Collection[EffectKind]:
        channel = self.channels.get(effect.destination)
        return channel.capabilities.effects if channel else ()

    async def _keep_places(
        self, unit: Unit, claimed: Claimed, job: Job, made: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """Where it shows, and of a live card what it showed: the next one is compared with that."""
        effect = claimed.effects[0]
        if effect.incident is None:
            return
        edited = effect.payload.get("slot", "card")
        if effect.kind is EffectKind.EDIT_CARD and edited in job.places:
            made = {edited: job.places[edited], **made}
        for slot, address in made.items():
            kept = dict(address)
            if slot == ANNOUNCEMENT:
                kept["version"] = job.shows.get("version", 0)
            if slot == "card":
                kept |= job.shows
                if effect.kind is EffectKind.POST:
                    kept["outside"] = not is_room(job.places.get("room", {}))
            await unit.put_place(
                Place(
                    incident=effect.incident,
                    platform=effect.destination,
                    slot=slot,
                    address=kept,
                )
            )

    async def _enter_anew(
        self, unit: Unit, effect: Effect, made: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """The archived room stays shut: everybody is to come along into the new one."""
        if effect.kind is EffectKind.UNARCHIVE_ROOM and made.get("room", {}).get("instead_of"):
            unit.ledger.enter(
                await unit.incident(effect.incident or 0),
                EntryType.INCIDENT_UPDATED,
                SYSTEM,
                text="Its archived room stays shut; it goes on in a new one.",
                metadata={ANEW: True},
            )

    async def _enter_sent(self, unit: Unit, claimed: Claimed) -> None:
        """A page that went out stands in the record of each incident it spoke of."""
        if claimed.effects[0].kind is not EffectKind.PAGE:
            return
        incidents = await unit.incidents(
            [e.incident for e in claimed.effects if e.incident is not None]
        )
        for effect in claimed.effects:
            if effect.incident in incidents:
                unit.ledger.enter(
                    incidents[effect.incident],
                    EntryType.NOTIFICATION_SENT,
                    SYSTEM,
                    metadata={
                        "channel": effect.destination,
                        "person": str(effect.payload.get("to", "")).removeprefix("person:"),
                        "step": effect.payload.get("step"),
                    },
                )

    async def give_up(self, claimed: Claimed, reason: str) -> None:
        """A permanent error is an entry, and the next row goes on."""
        effect = claimed.effects[0]
        self.outcomes[effect.destination, "failed"] += 1
        log.warning("effect_gave_up", key=effect.key, kind=str(effect.kind), reason=reason)

        async def do(unit: Unit) -> None:
            if not await unit.settle(claimed, state="failed", error=reason):
                return
            if effect.kind is EffectKind.PAGE:
                await unit.hasten(claimed)
            await give_up_room(unit, effect)
            await self._enter_failed(unit, claimed, reason)

        await self.work(do, lane=Lane.DELIVERY)

    async def lapse(self, claimed: Claimed) -> None:
        """Their time is over: unless somebody answered, the record says who was not rung."""

        async def do(unit: Unit) -> None:
            incidents = await unit.incidents(
                [e.incident for e in claimed.effects if e.incident is not None]
            )
            missed = [
                id
                for id, effect in zip(claimed.ids, claimed.effects, strict=True)
                if effect.kind is EffectKind.PAGE and _unanswered(effect, incidents)
            ]
            unrung, taken_back = parted(claimed, missed)
            if taken_back.ids:
                await unit.settle(taken_back, state="withdrawn")
            if missed and await unit.settle(unrung, state="expired"):
                self.outcomes[unrung.effects[0].destination, "expired"] += len(missed)
                await self._enter_failed(unit, unrung, "not sent in time")

        await self.work(do, lane=Lane.DELIVERY)

    async def _enter_failed(self, unit: Unit, claimed: Claimed, reason: str) -> None:
        incidents = await unit.incidents(
            [e.incident for e in claimed.effects if e.incident is not None]
        )
        for effect in claimed.effects:
            if effect.incident in incidents:
                unit.ledger.enter(
                    incidents[effect.incident],
                    EntryType.NOTIFICATION_FAILED,
                    SYSTEM,
                    text=reason,
                    metadata={
                        "channel": effect.destination,
                        "kind": str(effect.kind),
                        "person": str(effect.payload.get("to", "")).removeprefix("person:"),
                    },
                )

    async def put_back(
        self,
        claimed: Claimed,
        reason: str,
        retry_after: float | None,
        *,
        paced: bool = False,
        dark: bool = False,
    ) -> None:
        """It may get better: the row waits longer each time, up to five minutes.

        `paced`: it waits as long as it was told to. `dark`: nothing else would get through either.
        """
        effect = claimed.effects[0]
        self.outcomes[effect.destination, "paced" if paced else "retried"] += 1
        shortest, longest = ROW_WAITS
        wait = min(longest, shortest * 2 ** min(claimed.tries, 10))
        if retry_after is not None:
            least = SOON if paced else shortest
            wait = max(timedelta(seconds=min(retry_after, 3600.0)), least)

        async def do(unit: Unit) -> None:
            if can_wait(effect) and not dark:
                if await unit.settle(claimed, state="withdrawn", error=reason):
                    await open_later(unit, effect, wait)
                return
            await unit.settle(claimed, state="pending", error=reason, retry_at=unit.now + wait)

        await self.work(do, lane=Lane.DELIVERY)

    async def follow_room(self, claimed: Claimed, places: list[Place]) -> None:
        """It waits behind the room that is still to open, or is dropped where none will."""

        async def do(unit: Unit) -> None:
            if await unit.settle(claimed, state="withdrawn", error="there is no room"):
                follow_room(unit, claimed.effects[0], places)

        await self.work(do, lane=Lane.DELIVERY)

    async def give_back(self, claimed: Claimed) -> None:
        """This process ends: another one may have it at once."""

        async def do(unit: Unit) -> None:
            await unit.settle(claimed, state="pending", retry_at=unit.now)

        await self.work(do, lane=Lane.DELIVERY)

    async def settle(self, claimed: Claimed, state: str) -> None:
        """There was nothing to send: `done` already, or `withdrawn`."""

        async def do(unit: Unit) -> None:
            await unit.settle(claimed, state=state)

        await self.work(do, lane=Lane.DELIVERY)


def _unanswered(page: Effect, incidents: Mapping[int, Incident]) -> bool:
    """Nobody has it, and nothing else was asked of people since."""
    incident = incidents.get(page.incident or 0)
    if incident is None or not incident.open or incident.acknowledged:
        return False
    return bool(page.payload["round"] == incident.round)


def parted(claimed: Claimed, wanted: Collection[int]) -> tuple[Claimed, Claimed]:
    """The claim as two: what is in `wanted`, and the rest."""

    def part(inside: bool) -> Claimed:
        pairs = [
            p for p in zip(claimed.ids, claimed.effects, strict=True) if (p[0] in wanted) is inside
        ]
        ids, effects = tuple(id for id, _ in pairs), tuple(effect for _, effect in pairs)
        return replace(claimed, ids=ids, effects=effects)

    return part(True), part(False)
