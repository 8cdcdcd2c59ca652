"""One claim: is it still wanted, what is to be sent, and the few tries of one call.

A page asks right before every try whether it is still wanted: none begins after the
acknowledgement. What cannot be sent within a call goes back to the outbox.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from bot.domain.effect import TO_PEOPLE, EffectKind
from bot.domain.errors import DeliveryError
from bot.engine.breaker import Breaker, Breakers, destination_of
from bot.engine.hold import Hold
from bot.engine.jobs import Jobs
from bot.engine.moves import address_of, is_shut, lacks_room
from bot.engine.rests import Rests
from bot.engine.settling import Settling, parted
from bot.ports.channel import Channel, Job
from bot.ports.failpoint import failpoint
from bot.ports.store import Claimed, Lane, Place, Store, Unit

TRIES: Final = 4  # one, and three retries
BASE: Final = 1.0
FACTOR: Final = 2.0
CAP: Final = 30.0
JITTER: Final = 0.3
CALL_TIMEOUT: Final = 10.0
LEASE: Final = 30.0
"""Seconds a claim lasts, longer than one call; it is renewed while a row waits for its next try."""

Sleep = Callable[[float], Awaitable[None]]
Observe = Callable[[str, float], None]
"""Told the destination and the seconds of every call."""


class Sending:
    """`sleep` waits between tries; `timeout` is for one call, in seconds."""

    def __init__(
        self,
        store: Store,
        jobs: Jobs,
        hold: Hold,
        settling: Settling,
        breakers: Breakers,
        *,
        rests: Rests,
        sleep: Sleep,
        timeout: float,
        observe: Observe,
    ) -> None:
        self.store, self.jobs, self.hold = store, jobs, hold
        self.settling, self.breakers, self.rests = settling, breakers, rests
        self.sleep, self.timeout, self.observe = sleep, timeout, observe

    async def __call__(self, claimed: Claimed) -> None:
        """Does the claim, to whichever end."""
        if claimed.lapsed:
            await self.settling.lapse(claimed)
            return
        effect = claimed.effects[0]
        channel = self.settling.channels.get(effect.destination)
        if channel is None:
            await self.settling.give_up(claimed, f"{effect.destination} is not set up.")
            return
        places = await self._places(claimed)
        if self._said_already(claimed, places):
            await self.settling.settle(claimed, "done")
            return
        if is_shut(effect, places):
            await self.settling.settle(claimed, "withdrawn")
            return
        if lacks_room(effect, places):
            await self.settling.follow_room(claimed, places)
            return
        job = await self.jobs.make(claimed, places)
        if job is None:
            await self.settling.settle(claimed, "withdrawn")
            return
        await self._try(claimed, channel, job, places)

    async def _try(self, claimed: Claimed, channel: Channel, job: Job, places: list[Place]) -> None:
        destination = claimed.effects[0].destination
        breaker = self.breakers.of(claimed.effects[0])
        for attempt in range(TRIES):
            ready = await self._ready(claimed, job, places)
            if ready is None:
                return
            claimed, job = ready
            try:
                await failpoint("delivery.before_call")
                again = replace(job, tries=job.tries + attempt)
                made = await self._call(destination, channel, again)
                await failpoint("delivery.after_call")
            except DeliveryError as wrong:
                pause = await self._after(wrong, attempt, claimed, breaker)
                if pause is None:
                    return
                await self._keep_claim(claimed, pause + LEASE)
                await self.sleep(pause)
            except Exception:
                breaker.failed(self.store.now())
                raise
            else:
                breaker.succeeded()
                await self.settling.finish(claimed, job, made)
                return

    async def _ready(
        self, claimed: Claimed, job: Job, places: list[Place]
    ) -> tuple[Claimed, Job] | None:
        """What of the claim is to be sent right now, made anew where some of it is not."""
        wanted = await self._wanted(claimed)
        if wanted is None:
            return None
        if wanted is not claimed:
            job = await self.jobs.make(wanted, places) or job
        effect = wanted.effects[0]
        if await self.hold.on() or not self.breakers.of(effect).begin(self.store.now()):
            await self.settling.put_back(wanted, f"{destination_of(effect)} rests", None, dark=True)
            return None
        return wanted, job

    async def _after(
        self, wrong: DeliveryError, attempt: int, claimed: Claimed, breaker: Breaker
    ) -> float | None:
        """Seconds until the next try of this call; None where it was the last."""
        if wrong.permanent:
            breaker.unclear()
            await self.settling.give_up(claimed, str(wrong))
            return None
        if wrong.paced:
            breaker.unclear()
            if wrong.for_all:
                until = self.store.now() + timedelta(seconds=wrong.retry_after or 0)
                self.rests.rest(claimed.effects[0], until)
            await self.settling.put_back(claimed, str(wrong), wrong.retry_after, paced=True)
            return None
        breaker.failed(self.store.now())
        if not breaker.lets_through(self.store.now()):
            await self.settling.put_back(claimed, str(wrong), wrong.retry_after, dark=True)
            return None
        if (wrong.retry_after or 0) > CAP or attempt == TRIES - 1:
            await self.settling.put_back(claimed, str(wrong), wrong.retry_after)
            return None
        return _pause(attempt, wrong.retry_after)

    async def _call(
        self, destination: str, channel: Channel, job: Job
    ) -> Mapping[str, Mapping[str, Any]]:
        begun = self.store.now()
        try:
            return await asyncio.wait_for(channel.perform(job), self.timeout)
        except TimeoutError:
            raise DeliveryError(f"no answer within {self.timeout:g} s") from None
        finally:
            self.observe(destination, (self.store.now() - begun).total_seconds())

    async def _wanted(self, claimed: Claimed) -> Claimed | None:
        """The claim without what was taken back since; None where nothing is left of it."""

        async def ask(unit: Unit) -> set[int]:
            return await unit.effect_wanted(claimed.ids, claimed.token)

        wanted = await self.store.look(ask)
        if len(wanted) == len(claimed.ids):
            return claimed
        left, gone = parted(claimed, wanted)
        await self.settling.lapse(gone)
        return left if wanted else None

    async def _keep_claim(self, claimed: Claimed, seconds: float) -> None:
        async def keep(unit: Unit) -> None:
            await unit.keep_claim(claimed, seconds)

        await self.settling.work(keep, lane=Lane.DELIVERY)

    async def _places(self, claimed: Claimed) -> list[Place]:
        number = claimed.effects[0].incident
        if number is None or claimed.effects[0].kind in TO_PEOPLE:
            return []

        async def read(unit: Unit) -> list[Place]:
            return await unit.places(number)

        return await self.store.look(read)

    def _said_already(self, claimed: Claimed, places: list[Place]) -> bool:
        """A card as new as this edit asks for was delivered, or there is none to edit."""
        effect = claimed.effects[0]
        if effect.kind is not EffectKind.EDIT_CARD or effect.version is None:
            return False
        again = bool(effect.payload.get("again"))
        slot = effect.payload.get("slot", "card")
        shown = address_of(places, effect.destination, slot)
        if not shown:
            return True
        version = int(shown.get("version", 0))
        return version > effect.version or (version == effect.version and not again)


def _pause(attempt: int, retry_after: float | None) -> float:
    """Seconds before the next try: 1, 2, 4 … with jitter, or what the other side asked for."""
    if retry_after is not None:
        return min(retry_after, CAP)
    wait = min(CAP, BASE * FACTOR**attempt)
    return wait * (1 + random.uniform(-JITTER, JITTER))
