"""What one transaction will write, gathered while it decides.

Acts are plain functions over incidents and a ledger: no I/O happens until the unit of work writes
the ledger down, in a handful of set-wise statements, and commits. That keeps a batch of 500 alerts
affordable and makes every decision testable without a database.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.domain.alert import AlertRecord, KnownAlert
from bot.domain.effect import Effect, EffectKind, of_level
from bot.domain.entry import Entry, EntryType, Envelope, body_digest, incident_stream, link
from bot.domain.ids import sortable_id
from bot.domain.incident import Incident
from bot.domain.people import Actor


@dataclass(frozen=True, slots=True)
class Chained:
    """An entry with what ties it to the chain."""

    entry: Entry
    salt: str
    body: bytes
    digest: str
    previous: str
    hash: str
    incident: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRow:
    """`subject` is `incident:42` or `silence:7`; unique with `kind` and `round`."""

    subject: str
    kind: str
    round: int
    due_at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Ledger:
    """`now` is the transaction's time; `randomness()` gives 20 fresh hex digits."""

    now: datetime
    randomness: Callable[[], str]
    created: dict[int, Incident] = field(default_factory=dict)
    touched: dict[int, Incident] = field(default_factory=dict)
    entries: list[Chained] = field(default_factory=list)
    timers: list[TimerRow] = field(default_factory=list)
    disarmed: list[tuple[str, str]] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    withdrawn: list[tuple[int, EffectKind, str]] = field(default_factory=list)
    superseded: set[tuple[int, int]] = field(default_factory=set)
    """(incident, paging round) in which a further level rings."""
    new_alerts: dict[str, AlertRecord] = field(default_factory=dict)
    seen_alerts: dict[str, AlertRecord] = field(default_factory=dict)
    bumped_alerts: dict[str, KnownAlert] = field(default_factory=dict)
    retired_alerts: list[str] = field(default_factory=list)
    new_groups: list[tuple[str, int]] = field(default_factory=list)
    """(group key, incident that holds it from now on); it may have had it before."""
    refreshed: set[int] = field(default_factory=set)
    parts: set[tuple[int, str]] = field(default_factory=set)
    """(incident, `tasks.3`): parts of fields that entries said something about."""
    held: dict[int, bool] = field(default_factory=dict)
    held_whole: set[int] = field(default_factory=set)
    inhibitors: dict[tuple[str, str], bool] = field(default_factory=dict)
    """(inhibition key, alert id) → whether it now inhibits."""

    def new_id(self) -> str:
        return sortable_id(self.now, self.randomness())

    def enter(
        self,
        incident: Incident,
        type: EntryType,
        actor: Actor,
        *,
        text: str = "",
        set: Mapping[str, Any] | None = None,
        occurred_at: datetime | None = None,
        metadata: Mapping[str, Any] | None = None,
        corrects: int | None = None,
    ) -> Entry:
        """Records a fact and makes the incident what the fact says (`set`: field → value)."""
        changes = incident.diff(set or {})
        entry = Entry(
            tenant=incident.tenant,
            stream=incident_stream(incident.number),
            seq=incident.version + 1,
            event_id=self.new_id(),
            type=type,
            actor_type=actor.type,
            actor_id=actor.id,
            actor_name=actor.name,
            occurred_at=occurred_at or self.now,
            recorded_at=self.now,
            text=text,
            changes=changes,
            metadata=metadata or {},
            origin=actor.origin,
            corrects=corrects,
        )
        for name, value in (set or {}).items():
            incident.put(name, value)
            if "." in name:
                self.parts.add((incident.number, name))
        incident.chain = self._chain(entry, incident.chain, incident.number)
        incident.version = entry.seq
        incident.updated_at = self.now
        self.touched[incident.number] = incident
        return entry

    def _chain(self, entry: Entry, previous: str, incident: int | None) -> str:
        salt, body = self.randomness(), entry.body()
        digest = body_digest(salt, body)
        hash = link(previous, Envelope.of(entry), digest)
        self.entries.append(Chained(entry, salt, body, digest, previous, hash, incident))
        return hash

    def enter_stream(self, previous: str, entry: Entry) -> str:
        """Records an act without an incident on a system stream; returns the new head."""
        return self._chain(entry, previous, None)

    def arm(
        self,
        subject: str,
        kind: str,
        round: int,
        due_at: datetime,
        payload: Mapping[str, Any] | None = None,
    ) -> None:
        """Asks to be woken at `due_at`. Arming the same subject, kind and round again moves it."""
        self.timers.append(
            TimerRow(subject=subject, kind=kind, round=round, due_at=due_at, payload=payload or {})
        )

    def disarm(self, subject: str, kinds: Iterable[str]) -> None:
        """Takes back pending timers of these kinds, in any round, also those armed just now."""
        gone = {(subject, str(kind)) for kind in kinds}
        self.timers = [t for t in self.timers if (t.subject, t.kind) not in gone]
        self.disarmed.extend(sorted(gone))

    def queue(self, effect: Effect) -> None:
        self.effects.append(effect)

    def withdraw(self, incident: int, kind: EffectKind, to: str = "") -> None:
        """Takes back what has not begun yet, also what was queued just now.

        `to`: only what goes to this person (`person:ann`).
        """
        self.effects = [
            e
            for e in self.effects
            if not (e.incident == incident and e.kind is kind and to in ("", e.payload.get("to")))
        ]
        self.withdrawn.append((incident, kind, to))

    def supersede(self, incident: int, round: int) -> None:
        """A further level rings: what the levels before it in this round have not sent expires."""
        self.superseded.add((incident, round))
        self.effects = [
            replace(e, due_at=self.now, expires_at=self.now)
            if e.incident == incident and e.kind is EffectKind.PAGE and of_level(e.payload, round)
            else e
            for e in self.effects
        ]

    def hold_groups(self, incident: Incident, held: bool, *, whole: bool = False) -> None:
        """An open incident holds its alert groups; a resolved one gives them back.

        `whole`: it holds all of them, or the transaction must look again at who has them.
        """
        if incident.number in self.created:
            return
        self.held[incident.number] = held
        if whole:
            self.held_whole.add(incident.number)
