"""Nothing lost, nothing doubled: what sources were told against what is stored."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, Final

import orjson

from bot.domain.alert import Decision
from bot.domain.entry import EntryType
from bot.domain.ids import incident_id
from bot.domain.lifecycle import OPEN
from tests.chaos.load import Sent
from tests.chaos.oracle.stored import Stored

UNCOUNTED: Final = {str(Decision.LATE), str(Decision.NOTHING_TO_RESOLVE)}


def lost(stored: Stored, sent: list[Sent]) -> Iterator[str]:
    """What was answered 202 and does not stand there as it was told."""
    rows: dict[Any, Any] = {row.id: row for row in stored.events}
    rows |= {row.event_id: row for row in stored.events if row.event_id}
    for one in sent:
        if not one.accepted or one.door in {"command", "comment"}:
            continue
        raws = len(stored.attempts.get(one.attempt, [])) or int(one.attempt in stored.buried)
        if raws != 1 and one.body.get("event_action") != "acknowledge":
            yield f"lost: {one.door} {one.attempt} was answered 202 and is stored {raws} times"
        if one.door != "enqueue":
            told = one.reply["events"] if one.door == "alertmanager" else [one.reply]
            yield from (wrong for said in told for wrong in _unlike(stored, rows, said))


def undecided(stored: Stored) -> Iterator[str]:
    """Bodies that are kept and nothing was decided about; a repeated event has its first row."""
    decided = {row.raw for row in stored.events}
    events = {row.event_id for row in stored.events} - {None}
    for attempt, raws in stored.attempts.items():
        for raw in raws:
            if raw.id not in decided and orjson.loads(raw.body).get("event_id") not in events:
                yield f"lost: nothing was decided about {raw.source} {attempt}"


def _unlike(stored: Stored, rows: dict[Any, Any], said: dict[str, Any]) -> Iterator[str]:
    """One verdict against its row."""
    if said.get("dead_letter"):
        if said["dead_letter"] not in {row.id for row in stored.dead_letters}:
            yield f"lost: {said} is no dead letter"
        return
    row = rows.get(said["event_id"])
    if row is None:
        yield f"lost: {said} has no row"
    elif (row.decision, _named(row)) != (said["decision"], said["incident_id"]):
        yield f"lost: somebody was told {said}, stored is {row}"


def _named(row: Any) -> str | None:
    if row.incident is None or row.opened_at is None:
        return None
    return incident_id(row.incident, row.opened_at)


def unacknowledged(stored: Stored, sent: list[Sent]) -> Iterator[str]:
    """An acknowledgement of a source or a command that was answered and did not happen."""
    held = {row.group_key.rsplit("\x1f", 1)[-1]: row.incident for row in stored.groups}
    before: dict[str, str] = {}
    for one in sent:
        action = one.body.get("event_action") if one.door == "enqueue" else None
        if one.accepted and action == "acknowledge" and before.get(one.group) == "trigger":
            life = stored.life(held[one.group])
            if not any(e.type is EntryType.ACKNOWLEDGED for e in life.entries):
                yield f"lost: the acknowledgement of {one.group} was answered 202"
        if action in {"trigger", "resolve"}:
            before[one.group] = action if one.accepted else ""


def doubled(stored: Stored) -> Iterator[str]:
    """What came once and stands there twice."""
    for attempt, raws in stored.attempts.items():
        if len(raws) != 1:
            yield f"doubled: attempt {attempt} is stored {len(raws)} times"
    places = Counter((row.raw, row.position) for row in stored.events)
    keys = Counter((row.source, row.event_id) for row in stored.events if row.event_id)
    yield from (f"doubled: {what} has {n} events" for what, n in places.items() if n > 1)
    yield from (f"doubled: {what} has {n} events" for what, n in keys.items() if n > 1)
    for letter in stored.dead_letters:
        if "FailpointHit" not in letter.reason:
            yield f"dead letter: {letter.reason}"


def miscounted(stored: Stored) -> Iterator[str]:
    """Counts of alerts against deliveries, incidents against the decisions that opened them."""
    said = Counter(row.alert for row in stored.events if row.decision not in UNCOUNTED)
    said.update(_resolved_first(stored))
    for alert in stored.alerts:
        if alert.count != said[alert.id]:
            yield f"doubled: {alert.fingerprint} counts {alert.count}, {said[alert.id]} came"
    opened = Counter(row.incident for row in stored.events if row.decision == Decision.OPENED)
    refired = Counter(row.incident for row in stored.events if row.decision == Decision.REFIRED)
    for life in stored.lives:
        types = Counter(entry.type for entry in life.entries)
        found = (types[EntryType.INCIDENT_CREATED], types[EntryType.REFIRED])
        if found != (1, refired[life.number]) or opened[life.number] != 1:
            yield (
                f"doubled: #{life.number} was opened {found[0]} and refired {found[1]} times, "
                f"decided were {opened[life.number]} and {refired[life.number]}"
            )


def _resolved_first(stored: Stored) -> set[str]:
    """Alerts that began with a resolution, as where the firing before it is a dead letter."""
    began = {alert.id: alert.first_seen_at for alert in stored.alerts}
    return {
        row.alert
        for row in stored.events
        if row.decision == Decision.NOTHING_TO_RESOLVE and row.received_at == began.get(row.alert)
    }


def crowded(stored: Stored) -> Iterator[str]:
    """At most one open incident holds a group; in a short run a group has only one at all."""
    incidents = {row.number: row for row in stored.incidents}
    of_group: defaultdict[str, list[Any]] = defaultdict(list)
    for row in stored.groups:
        of_group[row.group_key].append(row)
    for group, rows in of_group.items():
        if len(rows) > 1:
            yield f"doubled: {group!r} has the incidents {[row.incident for row in rows]}"
        for row in rows:
            incident = incidents.get(row.incident)
            if incident is None:
                yield f"lost: {group!r} has #{row.incident}, which is not there"
            elif row.held != (incident.status in OPEN):
                yield f"group {group!r}: held is {row.held}, #{row.incident} is {incident.status}"
