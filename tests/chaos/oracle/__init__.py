"""The one judge of a run: what was promised, against what the database and the receivers hold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain

from tests.chaos.load import Load
from tests.chaos.oracle import chains, commands, intake, outbox, timers
from tests.chaos.oracle.stored import Stored, read
from tests.chaos.oracle.timers import Span
from tests.chaos.receiver import Receiver

SHOWN = 30


@dataclass
class Witness:
    """What the test itself saw. `away`: spans in which nobody was there to decide about timers.

    `starved`: spans in which the machine had no time for us. `interruptions`: when a server was
    killed or told to fail; a call may be repeated after each.
    """

    load: Load
    receiver: Receiver
    away: list[Span] = field(default_factory=list)
    starved: list[Span] = field(default_factory=list)
    interruptions: list[float] = field(default_factory=list)


@dataclass
class Verdict:
    violations: list[str]
    accepted: int
    sent: int
    incidents: int
    timers: int
    there: list[float]
    on_time: list[float]
    effects: int
    repeats: int

    @property
    def p99(self) -> float:
        """Seconds by which one timer in a hundred was late while the machine had time for us."""
        return timers.percentile(self.on_time, 0.99)

    def __str__(self) -> str:
        lost = sum(said.startswith("lost") for said in self.violations)
        doubled = sum(said.startswith("doubled") for said in self.violations)
        return (
            f"{self.accepted} accepted of {self.sent} sent, {lost} lost, {doubled} doubled; "
            f"{self.incidents} incidents; {self.timers} timers fired, late outside down time: "
            f"{_late(self.there)}, where the machine had time for us: {_late(self.on_time)}; "
            f"{self.effects} effects, {self.repeats} visible repeats"
        )

    def must_be_good(self) -> None:
        shown = "\n".join(self.violations[:SHOWN])
        assert not self.violations, f"{len(self.violations)} violations ({self}):\n{shown}"


async def judge(url: str, witness: Witness, *, settled: bool = True) -> Verdict:
    """`settled`: the last server had time to finish, so nothing may be left to do."""
    stored = await read(url, datetime.now(UTC))
    found = list(_violations(stored, witness))
    if settled:
        found += [
            *timers.overdue(stored),
            *outbox.unsettled(stored),
            *commands.forgotten(stored),
        ]
    return Verdict(
        violations=found,
        accepted=len(witness.load.accepted),
        sent=len(witness.load.sent),
        incidents=len(stored.incidents),
        timers=len(timers.fired(stored)),
        there=timers.lateness(stored, witness.away),
        on_time=timers.lateness(stored, [*witness.away, *witness.starved]),
        effects=len(stored.effects),
        repeats=len(outbox.repeats(witness.receiver)),
    )


def _late(seconds: Sequence[float]) -> str:
    p99, latest = timers.percentile(seconds, 0.99), seconds[-1] if seconds else 0.0
    return f"p99 {p99 * 1000:.0f} ms, at most {latest * 1000:.0f} ms ({len(seconds)} timers)"


def _violations(stored: Stored, witness: Witness) -> Iterator[str]:
    sent, receiver = witness.load.sent, witness.receiver
    return chain(
        intake.lost(stored, sent),
        intake.undecided(stored),
        intake.unacknowledged(stored, sent),
        commands.unheard(stored, sent),
        intake.doubled(stored),
        intake.miscounted(stored),
        intake.crowded(stored),
        chains.broken(stored),
        chains.unlike_entries(stored),
        timers.wrong(stored),
        outbox.untold(stored, receiver),
        outbox.disordered(receiver),
        outbox.repeated(receiver, witness.interruptions),
        outbox.unrecorded(stored),
        outbox.unpaged(stored),
        outbox.rung_after_acknowledgement(stored, receiver),
    )


def overlaps(spans: Sequence[Sequence[Span]]) -> list[Span]:
    """When all replicas were away at once; `spans`: the times without each of them."""
    together = [*spans[0]]
    for others in spans[1:]:
        together = [
            (max(a[0], b[0]), min(a[1], b[1]))
            for a in together
            for b in others
            if max(a[0], b[0]) < min(a[1], b[1])
        ]
    return together
