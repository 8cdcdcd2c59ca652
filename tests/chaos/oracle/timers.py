"""Each timer decided once, never early, and on time while anybody was there to decide."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.domain.entry import Entry, EntryType
from bot.domain.incident import Incident
from bot.domain.lifecycle import Timer
from tests.chaos.oracle.stored import Life, Stored

AROUND: Final = timedelta(seconds=1)
"""On PostgreSQL a transaction that began later may have come first by so much."""

Span = tuple[float, float]
"""Seconds since 1970, from and until."""


@dataclass(frozen=True)
class Consequence:
    """The entry a timer makes, and whether the incident as it is asks for it."""

    type: EntryType
    metadata: tuple[tuple[str, Any], ...]
    asked: Callable[[Incident], bool]

    def is_it(self, entry: Entry) -> bool:
        said = entry.metadata
        return entry.type is self.type and all(said.get(k) == v for k, v in self.metadata)


def _open(incident: Incident) -> bool:
    return incident.open


def _unanswered(incident: Incident) -> bool:
    return incident.open and not incident.acknowledged


CONSEQUENCES: Final[dict[str, Consequence]] = {
    Timer.ACKNOWLEDGE: Consequence(EntryType.ESCALATED, (("level", 2),), _unanswered),
    Timer.RESOLVE: Consequence(EntryType.ESCALATED, (("level", 3),), _open),
    Timer.MANAGER: Consequence(EntryType.PAGED, (("step", "manager"),), _open),
    **{
        kind: Consequence(type, (("clock", clock), ("quiet", None)), asked)
        for clock, asked, kinds in (
            ("acknowledge", _unanswered, ("sla_acknowledge_warning", "sla_acknowledge_breach")),
            ("resolve", _open, ("sla_resolve_warning", "sla_resolve_breach")),
        )
        for kind, type in zip(kinds, (EntryType.SLA_WARNING, EntryType.SLA_BREACHED), strict=True)
    },
}


def fired(stored: Stored) -> list[Any]:
    return [row for row in stored.timers if row.state == "fired"]


def wrong(stored: Stored) -> Iterator[str]:
    for row in fired(stored):
        if row.fired_at is None or row.fired_at < row.due_at:
            yield f"early: timer {row.kind} of {row.subject} was due {row.due_at}: {row.fired_at}"
        elif row.kind in CONSEQUENCES:
            yield from _consequence(stored, row)
    for life in stored.lives:
        yield from _repeated(life)


def _consequence(stored: Stored, row: Any) -> Iterator[str]:
    """Made exactly once in the transaction that fired the timer, if the incident asked for it."""
    life = stored.life(int(row.subject.removeprefix("incident:")))
    expected = CONSEQUENCES[row.kind]
    found = [e for e in life.entries if e.recorded_at == row.fired_at and expected.is_it(e)]
    around = [
        expected.asked(state)
        for state in life.between(row.fired_at - AROUND, row.fired_at + AROUND)
    ]
    if len(found) > 1 or (all(around) and not found) or (found and not any(around)):
        yield (
            f"timer {row.kind} of {row.subject} round {row.round} fired at {row.fired_at}: "
            f"{len(found)} consequences, asked for {around}"
        )


def _repeated(life: Life) -> Iterator[str]:
    """The same step twice between two starts of the clocks."""
    steps = Counter(
        (state.round, state.clocks_from, kind)
        for entry, state in life.states
        for kind, consequence in CONSEQUENCES.items()
        if consequence.is_it(entry) and entry.actor_id == "system"
    )
    for (round, since, kind), times in steps.items():
        if times > 1:
            yield f"doubled: #{life.number} round {round} since {since}: {kind} {times} times"


def overdue(stored: Stored) -> Iterator[str]:
    """What should have been decided before the database was read."""
    for row in stored.timers:
        if row.state == "pending" and row.due_at < stored.read_at - AROUND:
            yield f"lost: timer {row.kind} of {row.subject} is due since {row.due_at}"


def lateness(stored: Stored, excused: Sequence[Span]) -> list[float]:
    """Seconds by which each timer was late, of those that nobody's absence explains; sorted."""
    found = []
    for row in fired(stored):
        due, at = row.due_at.timestamp(), row.fired_at.timestamp()
        if not any(since <= at and due <= until for since, until in excused):
            found.append(at - due)
    return sorted(found)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of them do not exceed; 0.0 where there are none. `values` sorted."""
    return values[max(0, -(-len(values) * int(share * 1000) // 1000) - 1)] if values else 0.0


def now() -> datetime:
    return datetime.now(UTC)
