"""What went out: each thing once, repeated only where a kill came between the call and its note."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from bot.domain.effect import TO_PEOPLE, EffectKind
from bot.domain.entry import EntryType
from tests.chaos.config import PUBLIC_URL, RECORD
from tests.chaos.oracle.stored import Life, Stored
from tests.chaos.receiver import Arrival, Receiver

ENDS: Final = {"done", "withdrawn", "expired"}
NOBODY_LOOKS: Final = "nobody is looking at the web room"
BUNDLED: Final = timedelta(seconds=60)
ON_THE_WAY: Final = 1.0
"""Seconds that a call which had begun may take to arrive on a busy machine."""


def id_of(key: str) -> str:
    return sha256(f"{PUBLIC_URL} {key}".encode()).hexdigest()[:32]


def unsettled(stored: Stored) -> Iterator[str]:
    """Effects that did not come to one of their ends; a page may still wait for its bundle."""
    last: defaultdict[str, list[datetime]] = defaultdict(list)
    for row in stored.effects:
        if row.state == "done":
            last[row.ordering].append(row.settled_at)
    for row in stored.effects:
        if row.state == "pending":
            soon = row.due_at > stored.read_at
            told = any(at > stored.read_at - BUNDLED for at in last[row.ordering])
            if not soon and not (row.kind in TO_PEOPLE and told and row.claimed_until is None):
                yield f"lost: effect {row.key} waits: {row.error or 'nobody tried'}"
        elif row.settled_at is None or not (row.state in ENDS or row.error == NOBODY_LOOKS):
            yield f"effect {row.key} is {row.state}: {row.error}"
        elif row.state == "expired" and row.kind != EffectKind.PAGE:
            yield f"lost: effect {row.key} expired"


def untold(stored: Stored, receiver: Receiver) -> Iterator[str]:
    """Every entry has one webhook, and every webhook that is done arrived."""
    keys = Counter(row.key for row in stored.effects if row.kind == EffectKind.WEBHOOK)
    for life in stored.lives:
        for entry in life.entries:
            if keys.pop(f"hook:{RECORD}:{entry.event_id}", 0) != 1:
                yield f"lost: #{life.number} entry {entry.seq} has no webhook"
    yield from (f"doubled: webhook {key} belongs to no entry" for key in keys)
    times = receiver.times
    known = {id_of(row.key): row for row in stored.effects}
    for id, row in known.items():
        if row.kind == EffectKind.WEBHOOK and row.state == "done" and not times[id]:
            yield f"lost: {row.key} is done and never arrived"
    yield from (f"{id} arrived and belongs to nothing" for id in times.keys() - known.keys())
    yield from (f"the receiver refused one: {why}" for why in receiver.complaints)


def disordered(receiver: Receiver) -> Iterator[str]:
    """Entries of one incident that arrived (first) in another order than they were written."""
    last: dict[int, int] = {}
    seen: set[str] = set()
    for arrival in receiver.record:
        if arrival.id in seen or arrival.seq is None:
            continue
        seen.add(arrival.id)
        if arrival.seq <= last.get(arrival.incident, 0):
            yield f"#{arrival.incident}: entry {arrival.seq} after {last[arrival.incident]}"
        last[arrival.incident] = arrival.seq


def repeats(receiver: Receiver) -> list[tuple[Arrival, Arrival]]:
    """(before, again) of everything that arrived more than once."""
    last: dict[str, Arrival] = {}
    found = []
    for arrival in receiver.arrivals:
        if arrival.id in last:
            found.append((last[arrival.id], arrival))
        last[arrival.id] = arrival
    return found


def repeated(receiver: Receiver, interruptions: Sequence[float]) -> Iterator[str]:
    """A repeat has a kill between its two arrivals, and no other repeat of its order has the same.

    The calls about one incident to one destination go out one after the other, so a kill found at
    most one of them under way. `interruptions`: when somebody was killed (or a failure was asked
    for). Whose chances end first is given the first kill that is left, as for talks in one room.
    """
    blamed: defaultdict[tuple[str, int], set[float]] = defaultdict(set)
    for before, again in sorted(repeats(receiver), key=lambda pair: pair[1].at):
        order = (again.hook, again.incident)
        between = [at for at in interruptions if before.at - ON_THE_WAY <= at <= again.at]
        if not between:
            yield f"doubled: {again} came at {before.at} already, and nobody was killed between"
        elif not (left := [at for at in between if at not in blamed[order]]):
            yield f"doubled: one kill repeated several calls to {order[0]} about #{order[1]}"
        else:
            blamed[order].add(min(left))
    for id, times in receiver.times.items():
        if times > 1 + len(interruptions):
            yield f"doubled: {id} came {times} times"


def unrecorded(stored: Stored) -> Iterator[str]:
    """A page that went out stands in its incident's record exactly once."""
    sent: Counter[Any] = Counter()
    for row in stored.effects:
        if row.kind == EffectKind.PAGE and row.state == "done" and not row.error:
            who = str(row.payload["to"]).removeprefix("person:")
            sent[row.incident, row.destination, who, row.payload["step"]] += 1
    said: Counter[Any] = Counter()
    for life in stored.lives:
        for entry in life.entries:
            if entry.type is EntryType.NOTIFICATION_SENT:
                m = entry.metadata
                said[life.number, m["channel"], m["person"], m["step"]] += 1
    for what in sent.keys() | said.keys():
        if sent[what] != said[what]:
            yield f"page {what} went out {sent[what]} times, its record says {said[what]}"


def unpaged(stored: Stored) -> Iterator[str]:
    """A level that was paged has a page for everybody it names; not one resolved with it."""
    keys = {row.key for row in stored.effects}
    for life in stored.lives:
        ended = {e.recorded_at for e in life.entries if e.type is EntryType.RESOLVED}
        for entry in life.entries:
            if entry.recorded_at in ended:
                continue
            if entry.type is EntryType.PAGED and entry.metadata.get("loud"):
                step = entry.metadata["step"]
                for person in entry.metadata["people"]:
                    key = f"page:{life.number}:{entry.seq}:{step}:person:{person}:web"
                    if key not in keys:
                        yield f"lost: {key} was never queued"


def rung_after_acknowledgement(stored: Stored, receiver: Receiver) -> Iterator[str]:
    """Pages for a missing acknowledgement that began after it was committed."""
    arrived = {arrival.id: arrival.at for arrival in reversed(receiver.arrivals)}
    began = {row.key: row.made_at.timestamp() for row in stored.notices if row.loud}
    pages: defaultdict[int, list[Any]] = defaultdict(list)
    for row in stored.effects:
        if row.kind == EffectKind.PAGE:
            pages[row.incident].append(row)
    for life in stored.lives:
        for round, at in _answers(life):
            for row in pages[life.number]:
                begun = arrived.get(id_of(row.key)) or began.get(row.key)
                late = begun is not None and begun > at.timestamp() + ON_THE_WAY
                if late and row.payload["round"] == round and row.queued_at < at:
                    yield f"{row.key} rang at {begun}, acknowledged at {at.timestamp()}"


def _answers(life: Life) -> Iterator[tuple[int, datetime]]:
    """(paging round, when) of every acknowledgement."""
    for entry, state in life.states:
        if entry.type is EntryType.ACKNOWLEDGED:
            yield state.acknowledged_round, entry.recorded_at
