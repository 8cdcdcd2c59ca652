"""What is old goes, what is needed stays, and nobody waits for it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, func, insert, select

from bot.domain.ids import sortable_id
from bot.domain.lifecycle import State
from bot.ports.store import Lane, Unit
from config.sections import Retention
from storage import tables as t
from storage.logins import Logins
from storage.prune import MOST, prune
from storage.queries import SqlQueries
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.records import open_incident

KEEP = Retention()


async def add(store: SqlStore, table: Table, *rows: dict[str, Any]) -> None:
    async with store.database.writer.begin() as connection:
        await connection.execute(insert(table), list(rows))


async def left(store: SqlStore, column: Any) -> list[Any]:
    async with store.reading() as connection:
        return list((await connection.execute(select(column).order_by(column))).scalars())


def raw(at: datetime, name: str, size: int = 10) -> dict[str, Any]:
    id = sortable_id(at, name.rjust(20, "0"))
    return {"id": id, "source": "x", "received_at": at, "body": b"x" * size}


async def test_bodies_of_requests_are_kept_for_a_week(store: SqlStore, clock: FakeClock) -> None:
    now = clock.now()
    old, fresh = raw(now - timedelta(days=8), "a"), raw(now - timedelta(days=6), "b")
    await add(store, t.raw_bodies, old, fresh)
    assert await prune(store, KEEP) == {"raw_bodies": 1}
    assert await left(store, t.raw_bodies.c.id) == [fresh["id"]]


async def test_bodies_of_requests_weigh_no_more_than_allowed(
    store: SqlStore, clock: FakeClock
) -> None:
    now = clock.now()
    rows = [raw(now + timedelta(seconds=n), str(n), 100) for n in range(10)]
    await add(store, t.raw_bodies, *rows)
    assert await prune(store, KEEP.model_copy(update={"raw_bytes": 350})) == {"raw_bodies": 7}
    assert await left(store, t.raw_bodies.c.id) == [row["id"] for row in rows[7:]]


async def test_finished_work_is_kept_for_thirty_days(store: SqlStore, clock: FakeClock) -> None:
    now = clock.now()
    old, fresh = now - timedelta(days=31), now - timedelta(days=29)
    effect = {"kind": "post", "destination": "web", "ordering": "o", "payload": {}}
    effect |= {"queued_at": old, "due_at": old}
    states = [("a", "done", old), ("b", "pending", None), ("c", "failed", fresh)]
    await add(
        store,
        t.effects,
        *(
            {
                **effect,
                "key": key,
                "state": state,
                "settled_at": at,
                "queued_at": old,
                "due_at": old,
            }
            for key, state, at in states
        ),
    )
    command = {"platform": "web", "actor": "ann", "text": "list", "payload": {}, "received_at": old}
    await add(
        store,
        t.invocations,
        {**command, "key": "a", "done_at": old},
        {**command, "key": "b", "done_at": None},
        {**command, "key": "c", "done_at": fresh},
    )
    timer = {"kind": "acknowledge", "round": 1, "due_at": old, "payload": {}}
    await add(
        store,
        t.timers,
        *({**timer, "subject": s, "state": s} for s in ("fired", "cancelled", "pending")),
    )
    assert await prune(store, KEEP) == {"effects": 1, "invocations": 1, "timers": 2}
    assert await left(store, t.effects.c.key) == ["b", "c"]
    assert await left(store, t.invocations.c.key) == ["b", "c"]
    assert await left(store, t.timers.c.subject) == ["pending"]


async def test_cleared_alerts_go_unless_their_incident_is_open(
    store: SqlStore, clock: FakeClock
) -> None:
    open_one = await open_incident(store)
    closed = await open_incident(store, status=State.CLOSED)
    old, now = clock.now() - timedelta(days=91), clock.now()
    alert = {
        "source": "x",
        "title": "t",
        "severity": "P2",
        "group_key": "g",
        "route": "r",
        "labels": {},
        "description": "",
        "first_seen_at": old,
        "count": 1,
        "decision": "OPENED",
        "decided_by": "",
        "private": False,
    }

    def row(id: str, status: str, seen: datetime, current: bool, incident: int | None) -> Any:
        more = {"status": status, "last_seen_at": seen, "current": current, "incident": incident}
        return {**alert, **more, "id": id, "fingerprint": id}

    await add(
        store,
        t.alerts,
        row("closed", "resolved", old, True, closed),
        row("firing", "firing", old, True, closed),
        row("fresh", "resolved", now, True, closed),
        row("nobody's", "resolved", old, True, None),
        row("open", "resolved", old, True, open_one),
        row("retired", "resolved", old, False, open_one),
    )
    assert await prune(store, KEEP) == {"alerts": 3}
    assert await left(store, t.alerts.c.id) == ["firing", "fresh", "open"]


async def test_events_their_keys_and_old_logins_go(store: SqlStore, clock: FakeClock) -> None:
    now = clock.now()
    event = {"raw": "r", "position": 0, "source": "x", "decision": "OPENED", "decided_by": ""}
    for days in (91, 89):
        at = now - timedelta(days=days)
        id = sortable_id(at, "0" * 20)
        await add(store, t.events, {**event, "id": id, "received_at": at})
    for hours in (25, 23):
        at = now - timedelta(hours=hours)
        key = {"source": "x", "event_id": str(hours), "event": "e", "received_at": at}
        await add(store, t.event_keys, key)
    await Logins(store).make_link("ann")
    clock.forward(minutes=16)
    assert await prune(store, KEEP) == {"events": 1, "event_keys": 1, "logins": 1}
    assert await left(store, t.event_keys.c.event_id) == ["23"]


async def test_much_goes_in_many_small_transactions(
    store: SqlStore, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.prune.FOUND", 900)
    at = clock.now() - timedelta(days=8)
    await add(store, t.raw_bodies, *(raw(at, str(n)) for n in range(2_000)))
    before = store.commits
    assert await prune(store, KEEP) == {"raw_bodies": 2_000}
    assert store.commits - before >= 2_000 / MOST
    async with store.reading() as connection:
        count = select(func.count()).select_from(t.raw_bodies)
        assert (await connection.execute(count)).scalar_one() == 0


async def test_what_was_said_in_the_web_room_goes_unless_it_still_asks(
    store: SqlStore, clock: FakeClock
) -> None:
    open_one = await open_incident(store)
    closed = await open_incident(store, status=State.CLOSED)
    old, fresh = clock.now() - timedelta(days=31), clock.now() - timedelta(days=29)
    notice = {"person": "ann", "loud": True, "title": "t", "text": "x"}
    said = [
        ("asks", open_one, old, None),
        ("closed", closed, old, None),
        ("fresh", closed, fresh, None),
        ("of nothing", None, old, None),
        ("seen", open_one, old, fresh),
        ("seen long ago", open_one, old, old),
    ]
    await add(
        store,
        t.notices,
        *(
            {**notice, "key": key, "incident": incident, "made_at": made, "seen_at": seen}
            for key, incident, made, seen in said
        ),
    )
    assert await prune(store, KEEP) == {"notices": 3}
    assert await left(store, t.notices.c.key) == ["asks", "fresh", "seen"]


async def test_a_dead_letter_goes_a_month_after_it_was_replayed(
    store: SqlStore, clock: FakeClock
) -> None:
    old, fresh = clock.now() - timedelta(days=31), clock.now() - timedelta(days=29)
    letter = {"source": "x", "received_at": old, "reason": "r", "body": b"{}"}
    await add(
        store,
        t.dead_letters,
        *(
            {**letter, "id": id, "replayed_at": at}
            for id, at in (("fresh", fresh), ("old", old), ("waits", None))
        ),
    )
    assert await prune(store, KEEP) == {"dead_letters": 1}
    assert await left(store, t.dead_letters.c.id) == ["fresh", "waits"]


async def test_which_message_is_quoted_is_known_until_long_after_the_end(
    store: SqlStore, clock: FakeClock
) -> None:
    old, now = clock.now() - timedelta(days=91), clock.now()
    open_one = await open_incident(store)
    over = await open_incident(store, status=State.CLOSED, closed_at=old)
    fresh = await open_incident(store, status=State.CLOSED, closed_at=now)
    quoted = {
        "slack:C1:1.000100": [over],
        "slack:C1:2.000100": [over, open_one],
        "slack:C1:3.000100": [fresh],
        "teams:19:x@thread.tacv2:4": [open_one],
    }

    async def quote(unit: Unit) -> None:
        for number in (open_one, over, fresh):
            await unit.set_quoted([w for w, numbers in quoted.items() if number in numbers], number)
        await unit.set_noise("slack", "C1", None)

    await store.transact(quote, lane=Lane.COMMANDS)
    before = set(await left(store, t.facts.c.name))
    assert await prune(store, KEEP) == {"facts": 1}
    assert before - set(await left(store, t.facts.c.name)) == {"quoted:slack:C1:1.000100"}
    queries = SqlQueries(store.database, store.clock)
    assert await queries.quoted_in("slack:C1:1.000100") == ()
    assert set(await queries.quoted_in("slack:C1:2.000100")) == {open_one, over}
