"""Empties the outbox: claim, make, send, settle.

Only the head of an ordering key is claimed, for longer than its call may take; settling checks the
claim's token, so a replica that was thought dead settles nothing twice. Within one call there are a
few tries; then the row waits and comes again, until it is taken for good or expires. A page asks
right before every try whether it is still wanted: none begins after the acknowledgement.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from bot.domain.effect import TO_PEOPLE, Effect, EffectKind
from bot.domain.entry import EntryType
from bot.domain.errors import DeliveryError
from bot.domain.incident import Incident
from bot.domain.ledger import Ledger
from bot.domain.people import SYSTEM
from bot.engine.announce import ANNOUNCEMENT
from bot.engine.breaker import Breaker, Breakers, destination_of
from bot.engine.hold import Hold
from bot.engine.jobs import Jobs
from bot.engine.moves import (
    address_of,
    can_wait,
    follow_room,
    give_up_room,
    is_room,
    lacks_room,
    move_card,
    open_later,
)
from bot.engine.work import Work
from bot.ports.channel import Channel, Job
from bot.ports.failpoint import failpoint
from bot.ports.store import Claimed, Lane, Place, Store, Unit

log = structlog.get_logger()

TRIES: Final = 4  # one, and three retries
BASE: Final = 1.0
FACTOR: Final = 2.0
CAP: Final = 30.0
JITTER: Final = 0.3
CALL_TIMEOUT: Final = 10.0
LEASE: Final = 30.0
"""Seconds a claim lasts, longer than one call; it is renewed while a row waits for its next try."""

PATIENCE: Final = 5.0
"""Seconds that calls which have begun get when the process is asked to stop."""

ROW_WAITS: Final = (timedelta(seconds=5), timedelta(minutes=5))
SOON: Final = timedelta(seconds=0.5)
AT_ONCE: Final = 16
IDLE: Final = 0.25
PACE: Final = 0.02
"""Seconds between two looks at the outbox at least: commits that come together share one."""


class Delivery:
    """`channels` by destination. `sleep` waits between tries; tests give their own."""

    def __init__(
        self,
        store: Store,
        work: Work,
        jobs: Jobs,
        channels: Mapping[str, Channel],
        hold: Hold,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        timeout: float = CALL_TIMEOUT,
        observe: Callable[[str, float], None] = lambda destination, seconds: None,
    ) -> None:
        self.store, self.work, self.jobs = store, work, jobs
        self.channels, self.hold, self.sleep, self.timeout = channels, hold, sleep, timeout
        self.observe = observe
        self.breakers = Breakers()
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.seen_at: datetime | None = None
        self._wake = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    def told(self, ledger: Ledger) -> None:
        """A commit queued effects."""
        if ledger.effects:
            self._wake.set()

    def look(self) -> None:
        """Somebody else may have queued effects."""
        self._wake.set()

    # the loop

    async def run(self) -> None:
        """Until cancelled; a failing turn is logged and tried again."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                begun = loop.time()
                self._wake.clear()
                try:
                    wait = await self._turn()
                except Exception:
                    log.exception("delivery_failed")
                    wait = 1.0
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):  # wait_for may swallow a cancellation
                        await self._wake.wait()
                await asyncio.sleep(begun + PACE - loop.time())
        finally:
            await self._finish_running()

    async def _finish_running(self) -> None:
        """Calls that have begun may end; what is still claimed then goes back at once."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=PATIENCE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _turn(self) -> float:
        if await self.hold.on():
            self.seen_at = self.store.now()
            return 1.0
        while len(self._running) < AT_ONCE and await self._launch():
            pass
        self.seen_at = self.store.now()
        due = await self.store.next_delivery()
        if due is None:
            return 1.0
        return max(IDLE, min(1.0, (due - self.store.now()).total_seconds()))

    async def _launch(self) -> bool:
        claimed = await self._claim(AT_ONCE - len(self._running))
        for one in claimed:
            task = asyncio.create_task(self._guarded(one))
            self._running.add(task)
            task.add_done_callback(self._done)
        return bool(claimed)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._wake.set()

    async def drain(self) -> int:
        """Does everything that is due now, to the end; returns how many claims were done."""
        done = 0
        while claimed := await self._claim(AT_ONCE):
            await asyncio.gather(*(self._guarded(one) for one in claimed))
            done += len(claimed)
        return done

    async def _claim(self, limit: int) -> list[Claimed]:
        if await self.hold.on():
            return []
        due = await self.store.next_delivery()
        if due is None or due > self.store.now():
            return []
        now = self.store.now()
        busy = self.breakers.resting(now)

        async def claim(unit: Unit) -> list[Claimed]:
            return await unit.claim(limit, lease=LEASE, busy=busy)

        claimed = await self.work(claim, lane=Lane.DELIVERY)
        await failpoint("delivery.after_claim")
        return claimed

    async def _guarded(self, claimed: Claimed) -> None:
        """The loop's edge: whatever goes wrong with one row, the others go on."""
        try:
            await self._deliver(claimed)
        except asyncio.CancelledError:
            await self._give_back(claimed)
            raise
        except Exception as wrong:
            log.exception("effect_failed", key=claimed.effects[0].key)
            await self._put_back(claimed, repr(wrong), None)

    # one claim

    async def _deliver(self, claimed: Claimed) -> None:
        if claimed.lapsed:
            await self._lapse(claimed)
            return
        effect = claimed.effects[0]
        channel = self.channels.get(effect.destination)
        if channel is None:
            await self._give_up(claimed, f"{effect.destination} is not set up.")
            return
        places = await self._places(claimed)
        if self._said_already(claimed, places):
            await self._settle(claimed, "done")
            return
        if lacks_room(effect, places):
            await self._follow_room(claimed, places)
            return
        job = await self.jobs.make(claimed, places)
        if job is None:
            await self._settle(claimed, "withdrawn")
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
                await self._finish(claimed, job, made)
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
            await self._put_back(wanted, f"{destination_of(effect)} rests", None, dark=True)
            return None
        return wanted, job

    async def _after(
        self, wrong: DeliveryError, attempt: int, claimed: Claimed, breaker: Breaker
    ) -> float | None:
        """Seconds until the next try of this call; None where it was the last."""
        if wrong.permanent:
            breaker.unclear()
            await self._give_up(claimed, str(wrong))
            return None
        if wrong.paced:
            breaker.unclear()
            await self._put_back(claimed, str(wrong), wrong.retry_after, paced=True)
            return None
        breaker.failed(self.store.now())
        if not breaker.lets_through(self.store.now()):
            await self._put_back(claimed, str(wrong), wrong.retry_after, dark=True)
            return None
        if (wrong.retry_after or 0) > CAP or attempt == TRIES - 1:
            await self._put_back(claimed, str(wrong), wrong.retry_after)
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
        left, gone = _parted(claimed, wanted)
        await self._lapse(gone)
        return left if wanted else None

    async def _keep_claim(self, claimed: Claimed, seconds: float) -> None:
        async def keep(unit: Unit) -> None:
            await unit.keep_claim(claimed, seconds)

        await self.work(keep, lane=Lane.DELIVERY)

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

    # settling

    async def _finish(
        self, claimed: Claimed, job: Job, made: Mapping[str, Mapping[str, Any]]
    ) -> None:
        effect = claimed.effects[0]
        self.outcomes[effect.destination, "done"] += 1

        async def do(unit: Unit) -> None:
            if not await unit.settle(claimed, state="done"):
                return
            if effect.incident is not None:
                await self._keep_places(unit, claimed, job, made)
                await move_card(unit, effect, self._can(effect))
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

    async def _give_up(self, claimed: Claimed, reason: str) -> None:
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

    async def _lapse(self, claimed: Claimed) -> None:
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
            unrung, taken_back = _parted(claimed, missed)
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

    async def _put_back(
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

    async def _follow_room(self, claimed: Claimed, places: list[Place]) -> None:
        async def do(unit: Unit) -> None:
            if await unit.settle(claimed, state="withdrawn", error="there is no room"):
                follow_room(unit, claimed.effects[0], places)

        await self.work(do, lane=Lane.DELIVERY)

    async def _give_back(self, claimed: Claimed) -> None:
        """This process ends: another one may have it at once."""

        async def do(unit: Unit) -> None:
            await unit.settle(claimed, state="pending", retry_at=unit.now)

        await self.work(do, lane=Lane.DELIVERY)

    async def take_over(self) -> None:
        """Where nobody else delivers: what is claimed now, a process claimed that has died."""

        async def do(unit: Unit) -> None:
            await unit.free_claims()

        await self.work(do, lane=Lane.DELIVERY)

    async def _settle(self, claimed: Claimed, state: str) -> None:
        async def do(unit: Unit) -> None:
            await unit.settle(claimed, state=state)

        await self.work(do, lane=Lane.DELIVERY)


def _unanswered(page: Effect, incidents: Mapping[int, Incident]) -> bool:
    """Nobody has it, and nothing else was asked of people since."""
    incident = incidents.get(page.incident or 0)
    if incident is None or not incident.open or incident.acknowledged:
        return False
    return bool(page.payload["round"] == incident.round)


def _parted(claimed: Claimed, wanted: Collection[int]) -> tuple[Claimed, Claimed]:
    """The claim as two: what is in `wanted`, and the rest."""

    def part(inside: bool) -> Claimed:
        pairs = [
            p for p in zip(claimed.ids, claimed.effects, strict=True) if (p[0] in wanted) is inside
        ]
        ids, effects = tuple(id for id, _ in pairs), tuple(effect for _, effect in pairs)
        return replace(claimed, ids=ids, effects=effects)

    return part(True), part(False)


def _pause(attempt: int, retry_after: float | None) -> float:
    """Seconds before the next try: 1, 2, 4 … with jitter, or what the other side asked for."""
    if retry_after is not None:
        return min(retry_after, CAP)
    wait = min(CAP, BASE * FACTOR**attempt)
    return wait * (1 + random.uniform(-JITTER, JITTER))
