"""From requests to committed decisions: requests that arrive together share one transaction.

A request is answered after the commit that stores its alerts and everything they caused. Several
batches may be at work at once, as those of several replicas are; but what is said of one alert, or
of one group, is decided in the order in which it came. If a batch fails while the database is up,
its requests run one by one, and what fails alone becomes a dead letter. If the database is away or
the queue is full, the sender is asked to come again.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from math import ceil
from typing import Final

import structlog

from bot.domain.alert import Decision
from bot.domain.errors import Overloaded
from bot.engine.arrival import Arrival, Verdict
from bot.engine.batches import Batches

log = structlog.get_logger()

BATCH: Final = 500
QUEUE_LIMIT: Final = 20_000
APART: Final = 16
"""Fewer alerts than this are not worth two transactions."""

TOGETHER: Final = 0.01
"""Seconds that a batch waits for more requests at most, while they keep coming."""

Subject = tuple[str, str, str]
"""`alert`, `group` or `event`; its source; its key."""


@dataclass(slots=True)
class Waiting:
    """`subjects`: what is decided in order; nothing where one lane keeps the order anyhow."""

    arrival: Arrival
    done: asyncio.Future[list[Verdict]] = field(repr=False)
    subjects: tuple[Subject, ...]


class Intake:
    """`batch`: alerts per transaction at most; `queue_limit`: alerts that may wait at most.

    `lanes`: batches that may be at work at once; more than one where the database has more than
    one writer, so that one is thought about while another is written down.
    """

    def __init__(
        self,
        batches: Batches,
        *,
        batch: int = BATCH,
        queue_limit: int = QUEUE_LIMIT,
        lanes: int = 1,
    ) -> None:
        self.batches = batches
        self.batch, self.queue_limit, self.lanes = batch, queue_limit, lanes
        self.waiting: deque[Waiting] = deque()
        self.queued = 0
        self._news = asyncio.Event()
        self._running: dict[asyncio.Task[None], frozenset[Subject]] = {}
        self._runner: asyncio.Task[None] | None = None
        self._closing = False
        self._unanswered = 0
        self._idle = asyncio.Event()
        self._idle.set()

    # the doors' side

    async def submit(self, arrival: Arrival) -> list[Verdict]:
        """One verdict per alert, in order, after the commit.

        Raises:
            Overloaded: the queue is full, Muster is stopping, or the database is away.
        """
        size = len(arrival.alerts)
        if self._closing or self._runner is None:
            raise Overloaded("Muster is stopping; please send it again.")
        if self.queued + size > self.queue_limit and self.queued:
            raise Overloaded("Too many alerts are waiting; please send it again.")
        subjects = tuple(_subjects(arrival)) if self.lanes > 1 else ()
        waiting = Waiting(arrival, asyncio.get_running_loop().create_future(), subjects)
        self.waiting.append(waiting)
        self.queued += size
        self._unanswered += 1
        self._idle.clear()
        self._news.set()
        try:
            return await waiting.done
        finally:
            self._unanswered -= 1
            if not self._unanswered:
                self._idle.set()

    async def bury(self, source: str, body: bytes, reason: str) -> str:
        """Keeps an authentic request that cannot be read; returns the dead letter's id."""
        return await self.batches.bury(source, body, reason)

    # the loop's side

    def start(self) -> None:
        """Once is enough; a second call changes nothing."""
        if self._runner is not None:
            return
        self._runner = asyncio.create_task(self._run(), name="intake")

    async def idle(self) -> None:
        """Until nobody waits for an answer."""
        await self._idle.wait()

    @property
    def alive(self) -> bool:
        return self._runner is not None and not self._runner.done()

    async def stop(self) -> None:
        """Answers everybody who waits, then ends."""
        self._closing = True
        self._news.set()
        if self._runner is not None:
            await self._runner

    async def _run(self) -> None:
        while self.waiting or self._running or not self._closing:
            self._news.clear()
            if self.waiting and len(self._running) < self.lanes:
                await self._gather()
                if batch := self._take():
                    self._begin(batch)
                    self._news.set()  # there may be more, and a lane for it
            await self._news.wait()
            self._finish()

    def _begin(self, batch: Sequence[Waiting]) -> None:
        task = asyncio.create_task(self._serve(batch), name="intake batch")
        task.add_done_callback(lambda _: self._news.set())
        subjects = chain.from_iterable(waiting.subjects for waiting in batch)
        self._running[task] = frozenset(subjects)

    def _finish(self) -> None:
        """Lets go of batches that are done; what nobody caught ends the loop, and is seen there."""
        for task in [task for task in self._running if task.done()]:
            del self._running[task]
            task.result()

    async def _gather(self) -> None:
        """Lets requests that come together come together: until a turn of the loop brings none."""
        loop = asyncio.get_running_loop()
        until, before = loop.time() + TOGETHER, 0
        while before < self.queued < self.batch and loop.time() < until:
            before = self.queued
            await asyncio.sleep(0)

    def _take(self) -> list[Waiting]:
        """Those that came first, up to one that is about what another batch is at work on."""
        batch: list[Waiting] = []
        size, share = 0, self._share()
        taken = frozenset[Subject]().union(*self._running.values())
        while self.waiting:
            first = self.waiting[0]
            more = len(first.arrival.alerts)
            if batch and size + more > share:
                break
            if taken and not taken.isdisjoint(first.subjects):
                break
            batch.append(self.waiting.popleft())
            size += more
        self.queued -= size
        return batch

    def _share(self) -> int:
        """Alerts for one of the free lanes: senders wait for their answers, so that one lane would
        soon have all of them, and nothing to think about while it is written down."""
        free = self.lanes - len(self._running)
        return min(self.batch, max(APART, ceil(self.queued / free)))

    async def _serve(self, batch: Sequence[Waiting]) -> None:
        """Catches here, at the loop's edge: a poison request must not stop the others."""
        try:
            verdicts = await self.batches.commit([waiting.arrival for waiting in batch])
        except Overloaded as away:
            for waiting in batch:
                _fail(waiting, away)
        except Exception as poison:
            log.warning("intake_batch_failed", requests=len(batch), error=repr(poison))
            await self._find_poison(batch, poison)
        else:
            for waiting, said in zip(batch, verdicts, strict=True):
                _answer(waiting, said)

    async def _find_poison(self, batch: Sequence[Waiting], poison: Exception) -> None:
        """Runs the requests one by one, then the alerts; what fails alone is the poison."""
        if len(batch) > 1:
            for waiting in batch:
                await self._serve([waiting])
        elif len(batch[0].arrival.alerts) > 1:
            await self._serve_apart(batch[0])
        else:
            await self._dead_letter(batch[0], [None], poison)

    async def _serve_apart(self, waiting: Waiting) -> None:
        """Of several alerts in a request the good ones are processed; its body is kept once."""
        said: list[Verdict | None] = []
        part, poison = waiting.arrival, None
        for alert in waiting.arrival.alerts:
            part = replace(part, alerts=(alert,))
            try:
                ((verdict,),) = await self.batches.commit([part])
            except Overloaded as away:
                _fail(waiting, away)
                return
            except Exception as wrong:
                poison = wrong
                said.append(None)
            else:
                said.append(verdict)
                part = replace(part, body=b"")
        if poison is not None:
            await self._dead_letter(waiting, said, poison)
        else:
            _answer(waiting, [verdict for verdict in said if verdict is not None])

    async def _dead_letter(
        self, waiting: Waiting, said: Sequence[Verdict | None], poison: Exception
    ) -> None:
        """Keeps the request for those of its alerts that nothing could be said about (None)."""
        arrival = waiting.arrival
        log.error("poison_request", source=arrival.source, error=repr(poison), exc_info=poison)
        try:
            why = f"processing failed: {poison!r}"
            letter = await self.bury(arrival.source, arrival.body, why)
        except Exception as away:
            log.exception("dead_letter_not_kept", source=arrival.source, error=repr(away))
            _fail(waiting, Overloaded("Not stored; please send it again."))
            return
        _answer(
            waiting,
            [
                verdict
                or Verdict(
                    event_id=alert.event_id or letter,
                    incident_id=None,
                    decision=Decision.DEAD_LETTER,
                    dead_letter=letter,
                )
                for alert, verdict in zip(arrival.alerts, said, strict=True)
            ],
        )


def _subjects(arrival: Arrival) -> Iterator[Subject]:
    """What is decided in order: each alert, the group it names, the event it repeats."""
    for alert in arrival.alerts:
        yield ("alert", alert.source, alert.fingerprint)
        if alert.group_key is not None:
            yield ("group", alert.source, alert.group_key)
        if arrival.deduplicates_events and alert.event_id is not None:
            yield ("event", alert.source, alert.event_id)


def _answer(waiting: Waiting, verdicts: list[Verdict]) -> None:
    if not waiting.done.done():
        waiting.done.set_result(verdicts)


def _fail(waiting: Waiting, error: BaseException) -> None:
    if not waiting.done.done():
        waiting.done.set_exception(error)
