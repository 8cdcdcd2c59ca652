"""The alerts of several requests in one transaction: decided in order, kept with their bodies."""

from collections import Counter
from collections.abc import Sequence

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


class Batches:
    """`decisions`: (source, decision) → how many since the start."""

    def __init__(self, work: Work, pipeline: Pipeline) -> None:
        self.work, self.pipeline = work, pipeline
        self.decisions: Counter[tuple[str, str]] = Counter()

    async def commit(self, arrivals: Sequence[Arrival]) -> list[list[Verdict]]:
        """The verdicts of each request, once they are stored with everything they caused.

        Raises:
            Overloaded: the database is away, or the answer was lost.
            Whatever a poisonous alert makes go wrong; nothing is stored then.
        """

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

    async def bury(self, source: str, body: bytes, reason: str) -> str:
        """Keeps a request apart that nothing can be decided about; the dead letter's id."""

        async def bury(unit: Unit) -> str:
            raw = RawBody(id=unit.ledger.new_id(), source=source, body=body)
            return await unit.bury(source=source, raw=raw, reason=reason)

        letter = await self.work(bury, lane=Lane.INTAKE)
        self.decisions[source, Decision.DEAD_LETTER] += 1
        log.warning("dead_letter", source=source, letter=letter, reason=reason)
        return letter


def _verdict(row: EventRow, *, again: bool = False) -> Verdict:
    named = row.incident is not None and row.opened_at is not None
    return Verdict(
        event_id=row.event_id or row.id,
        incident_id=incident_id(row.incident, row.opened_at) if named else None,  # type: ignore[arg-type]
        decision=Decision(row.decision),
        decided_by=row.decided_by,
        again=again,
    )
