"""What holds whatever happens: asked of the rows themselves."""

from collections import defaultdict

from sqlalchemy import and_, func, select

from bot.domain.entry import GENESIS, Change, Envelope, body_digest, incident_stream, link
from bot.domain.incident import Incident, blank, comparable
from bot.domain.lifecycle import OPEN
from storage import tables as t
from storage.units.incidents import entry_from
from tests.engine.world import World


async def broken(world: World) -> list[str]:
    """Every broken invariant, in words; [] if all hold."""
    found = await _groups(world)
    timers = await _acknowledge_timers(world)
    for incident in await world.all_incidents():
        found += await _chain(world, incident)
        found += _clock(incident, timers, world)
    return found


async def _groups(world: World) -> list[str]:
    rows = await world.rows(
        select(t.groups.c.group_key, func.count())
        .join(t.incidents, t.incidents.c.number == t.groups.c.incident)
        .where(t.groups.c.held, t.incidents.c.status.in_([str(s) for s in OPEN]))
        .group_by(t.groups.c.group_key)
    )
    twice = [f"{key!r} has {count} open incidents" for key, count in rows if count > 1]
    loose = await world.rows(
        select(t.groups.c.group_key, t.groups.c.incident)
        .join(t.incidents, t.incidents.c.number == t.groups.c.incident)
        .where(t.groups.c.held, t.incidents.c.status.not_in([str(s) for s in OPEN]))
    )
    return twice + [f"{key!r} is held by #{number}, which is over" for key, number in loose]


async def _chain(world: World, incident: Incident) -> list[str]:
    """The chain is whole, and folding the entries makes the row."""
    rows = await world.rows(
        select(t.entries, t.entry_bodies.c.body, t.entry_bodies.c.salt)
        .join(
            t.entry_bodies,
            and_(
                t.entries.c.stream == t.entry_bodies.c.stream,
                t.entries.c.seq == t.entry_bodies.c.seq,
            ),
        )
        .where(t.entries.c.stream == incident_stream(incident.number))
        .order_by(t.entries.c.seq)
    )
    head, folded, wrong = GENESIS, blank(incident.number, incident.opened_at), []
    for place, row in enumerate(rows, start=1):
        entry = entry_from(row)
        digest = body_digest(row.salt, row.body)
        head = link(head, Envelope.of(entry), digest)
        if (row.seq, row.hash) != (place, head):
            wrong.append(f"#{incident.number}: the chain breaks at {place}")
        folded.apply(Change(*change) for change in entry.changes)
    if (incident.version, incident.chain) != (len(rows), head):
        wrong.append(f"#{incident.number}: its row does not name the last entry")
    row, record = comparable(incident), comparable(folded)
    return wrong + [
        f"#{incident.number} {name}: the row says {row[name]!r}, the record {record[name]!r}"
        for name in row
        if row[name] != record[name]
    ]


async def _acknowledge_timers(world: World) -> dict[str, set[tuple[int, str]]]:
    rows = await world.rows(
        select(t.timers.c.subject, t.timers.c.round, t.timers.c.state).where(
            t.timers.c.kind == "acknowledge"
        )
    )
    found: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for subject, round, state in rows:
        found[subject].add((round, state))
    return found


def _clock(incident: Incident, timers: dict[str, set[tuple[int, str]]], world: World) -> list[str]:
    """Whoever nobody acknowledged has a clock that runs, or one that has run out."""
    policy = world.rules.policies.severities[incident.severity]
    if not incident.open or incident.acknowledged or policy.acknowledge_within is None:
        return []
    mine = timers[incident_stream(incident.number)]
    if mine & {(incident.round, "pending"), (incident.round, "fired")}:
        return []
    return [f"#{incident.number} waits for nobody's acknowledgement: {sorted(mine)}"]
