"""From requests to committed decisions: requests that arrive together share one transaction.

A request is answered after the commit that stores its alerts and everything they caused. Several
batches may be at work at once, as those of several replicas are; but what is said of one alert, or
of one group, is decided in the order in which it came. If a batch fails while the database is up,
its requests run one by one, and what fails alone becomes a dead letter. If the database is away or
the queue is full, the sender is asked to come again.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final

import structlog

from bot.domain.alert import Decision
from bot.domain.errors import Overloaded
from bot.domain.ids import incident_id
from bot.engine.arrival import Arrival, Verdict
from bot.engine.book import Item
from bot.engine.pipeline import Pipeline
from bot.engine.work import Work
from bot.ports.failpoint import failpoint
from bot.ports.store import EventRow, Lane, RawBody, Unit

log = structlog.get_logger()

BATCH: Final = 500
QUEUE_LIMIT: Final = 20_000
TOGETHER: Final = 0.01
"""Seconds that a batch waits for more requests at most, while they keep coming."""

Subject = tuple[str, str, str]
"""`alert`, `group` or `event`; its source; its key."""


@dataclass(slots=True)
class Waiting:
    arrival: Arrival
    done: asyncio.Future[list[Verdict]] = field(repr=False)


class Intake:
    """`batch`: alerts per transaction at most; `queue_limit`: alerts that may wait at most.

    `lanes`: batches that may be at work at once; more than one where the database has more than
    one writer, so that one is thought about while another is written down.
    """

    def __init__(
        self,
        work: Work,
        pipeline: Pipeline,
        *,
        batch: int = BATCH,
        queue_limit: int = QUEUE_LIMIT,
        lanes: int = 1,
    ) -> None:
        self.work, self.pipeline = work, pipeline
        self.batch, self.queue_limit, self.lanes = batch, queue_limit, lanes
        self.decisions: Counter[tuple[str, str]] = Counter()
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
        waiting = Waiting(arrival, asyncio.get_running_loop().create_future())
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

        async def bury(unit: Unit) -> str:
            raw = RawBody(id=unit.ledger.new_id(), source=source, body=body)
            return await unit.bury(source=source, raw=raw, reason=reason)

        letter = await self.work(bury, lane=Lane.INTAKE)
        self.decisions[source, Decision.DEAD_LETTER] += 1
        log.warning("dead_letter", source=source, letter=letter, reason=reason)
        return letter

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
        subjects = (_subjects(waiting.arrival) for waiting in batch) if self.lanes > 1 else ()
        self._running[task] = frozenset(chain.from_iterable(subjects))

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
        size = 0
        taken = frozenset[Subject]().union(*self._running.values())
        while self.waiting:
            arrival = self.waiting[0].arrival
            more = len(arrival.alerts)
            if batch and size + more > self.batch:
                break
            if taken and not taken.isdisjoint(_subjects(arrival)):
                break
            batch.append(self.waiting.popleft())
            size += more
        self.queued -= size
        return batch

    async def _serve(self, batch: Sequence[Waiting]) -> None:
        """Catches here, at the loop's edge: a poison request must not stop the others."""
        try:
            verdicts = await self._commit([waiting.arrival for waiting in batch])
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
                ((verdict,),) = await self._commit([part])
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
            letter = await self.bury(arrival.source, arrival.body, f"processing failed: {poison!r}")
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

    # the transaction

    async def _commit(self, arrivals: Sequence[Arrival]) -> list[list[Verdict]]:
        async def do(unit: Unit) -> list[list[Verdict]]:
            return await self._decide(unit, arrivals)

        await failpoint("intake.before_commit")
        verdicts = await self.work(do, lane=Lane.INTAKE)
        for arrival, said in zip(arrivals, verdicts, strict=True):
            for verdict in said:
                self.decisions[arrival.source, verdict.decision] += 1
        try:
            await failpoint("intake.after_commit")
        except Exception as wrong:  # stored, so it is no poison; only the answer is lost
            raise Overloaded("The answer was lost; please send it again.") from wrong
        return verdicts

    async def _decide(self, unit: Unit, arrivals: Sequence[Arrival]) -> list[list[Verdict]]:
        told = await self._told_before(unit, arrivals)
        fresh: list[Item] = []
        places: list[list[Item | EventRow]] = []
        first: dict[tuple[str, str], Item] = {}
        for arrival in arrivals:
            line: list[Item | EventRow] = []
            for alert in arrival.alerts:
                key = (alert.source, alert.event_id or "")
                known = arrival.deduplicates_events and alert.event_id is not None
                if known and key in told:
                    line.append(told[key])
                elif known and key in first:
                    line.append(first[key])
                else:
                    item = Item(alert)
                    fresh.append(item)
                    line.append(item)
                    if known:
                        first[key] = item
            places.append(line)
        await self.pipeline.decide(unit, fresh)
        return self._write_down(unit, arrivals, places)

    async def _told_before(
        self, unit: Unit, arrivals: Sequence[Arrival]
    ) -> dict[tuple[str, str], EventRow]:
        keys = {
            (alert.source, alert.event_id)
            for arrival in arrivals
            if arrival.deduplicates_events
            for alert in arrival.alerts
            if alert.event_id is not None
        }
        return await unit.replies(keys) if keys else {}

    def _write_down(
        self,
        unit: Unit,
        arrivals: Sequence[Arrival],
        places: Sequence[Sequence[Item | EventRow]],
    ) -> list[list[Verdict]]:
        raws: list[RawBody] = []
        rows: list[EventRow] = []
        answers: list[list[Verdict]] = []
        written: dict[int, EventRow] = {}
        for arrival, line in zip(arrivals, places, strict=True):
            raw = RawBody(id=unit.ledger.new_id(), source=arrival.source, body=arrival.body)
            raws.append(raw)
            said: list[Verdict] = []
            for position, place in enumerate(line):
                if isinstance(place, EventRow):
                    said.append(_verdict(place, again=True))
                elif id(place) in written:
                    said.append(_verdict(written[id(place)], again=True))
                else:
                    row = self._row(unit, raw, position, place, arrival.deduplicates_events)
                    rows.append(row)
                    written[id(place)] = row
                    said.append(_verdict(row))
            answers.append(said)
        unit.keep(raws, rows)
        return answers

    def _row(
        self, unit: Unit, raw: RawBody, position: int, item: Item, deduplicated: bool
    ) -> EventRow:
        return EventRow(
            id=unit.ledger.new_id(),
            raw=raw.id,
            position=position,
            source=item.alert.source,
            event_id=item.alert.event_id,
            alert=item.record_id,
            incident=item.incident,
            decision=str(item.decision),
            decided_by=item.decided_by,
            opened_at=item.incident_opened_at,
            deduplicated=deduplicated,
        )


def _subjects(arrival: Arrival) -> Iterator[Subject]:
    """What is decided in order: each alert, the group it names, the event it repeats."""
    for alert in arrival.alerts:
        yield ("alert", alert.source, alert.fingerprint)
        if alert.group_key is not None:
            yield ("group", alert.source, alert.group_key)
        if arrival.deduplicates_events and alert.event_id is not None:
            yield ("event", alert.source, alert.event_id)


def _verdict(row: EventRow, *, again: bool = False) -> Verdict:
    named = row.incident is not None and row.opened_at is not None
    return Verdict(
        event_id=row.event_id or row.id,
        incident_id=incident_id(row.incident, row.opened_at) if named else None,  # type: ignore[arg-type]
        decision=Decision(row.decision),
        decided_by=row.decided_by,
        again=again,
    )


def _answer(waiting: Waiting, verdicts: list[Verdict]) -> None:
    if not waiting.done.done():
        waiting.done.set_result(verdicts)


def _fail(waiting: Waiting, error: BaseException) -> None:
    if not waiting.done.done():
        waiting.done.set_exception(error)
