"""The weekly reminder of follow-ups: a timer per person, on their own Monday morning."""

from datetime import UTC, datetime

from sqlalchemy import select

from bot.cards.plain_text import plain_text
from bot.domain.severity import Severity
from bot.domain.task import TaskState
from bot.engine.acts.followups import Wish
from bot.engine.jobs import Jobs
from bot.engine.postmortem.digest import next_monday
from bot.ports.store import Claimed
from storage import tables as t
from storage.queries import SqlQueries
from storage.rows import effect_from
from storage.store import SqlStore
from tests.engine.world import World
from tests.fakes.clock import FakeClock


async def promised(world: World, text: str, **wish: str) -> int:
    """A follow-up of a new incident; the incident's number."""
    done = await world.incidents.declare(
        world.by("ann"), title="payments down", severity=Severity.P3, service="payments"
    )
    number = done.incident.number
    await world.incidents.add_followup(number, Wish(text=text, **wish), world.by("ann"))
    return number


async def digests(world: World) -> dict[str, str]:
    """What was queued as a digest, by person, as the text it would be sent with now."""
    async with world.store.reading() as connection:
        rows = list(
            await connection.execute(
                select(t.effects).where(t.effects.c.ordering.startswith("followups:"))
            )
        )
    jobs = Jobs(world.rules, SqlQueries(world.store.database, world.clock), "https://m.example")
    said = {}
    for row in rows:
        claimed = Claimed(
            ids=(row.id,), token="", effects=(effect_from(row),), tries=0, queued_at=row.queued_at
        )
        job = await jobs.make(claimed, ())
        said[row.payload["to"].removeprefix("person:")] = (
            plain_text(job.card) if job is not None and job.card is not None else ""
        )
    return said


async def test_owner_and_manager_are_reminded_once_a_week_overdue_first(
    store: SqlStore, clock: FakeClock
) -> None:
    world = World(store, clock)
    number = await promised(world, "limit the cache", owner="ben", due_on="2026-01-20")
    await promised(world, "alert on cache fill", owner="ben", due_on="2026-01-08")
    await world.forward(days=6)
    assert await digests(world) == {}, "it is Sunday"
    await world.forward(days=1, hours=1)
    said = await digests(world)
    assert set(said) == {"ben", "eva"}
    assert "2 open, 1 overdue" in said["ben"]
    assert said["ben"].index("alert on cache fill") < said["ben"].index("limit the cache")
    assert "OVERDUE, due 2026-01-08" in said["ben"]
    assert "Of your teams" in said["eva"]

    await world.incidents.change_followup(number, 1, Wish(state=TaskState.DONE), world.by("ben"))
    assert "limit the cache" not in (await digests(world))["ben"], "it says what is so when sent"


async def test_it_stops_when_nothing_is_promised_any_more(
    sqlite_store: SqlStore, clock: FakeClock
) -> None:
    world = World(sqlite_store, clock)
    number = await promised(world, "limit the cache", owner="ben")
    await world.incidents.change_followup(number, 1, Wish(state=TaskState.DONE), world.by("ben"))
    await world.forward(days=8)
    assert await digests(world) == {}
    rows = await world.store.look(lambda unit: unit.due_timers(100))
    assert [row for row in rows if row.kind == "followup_digest"] == []


async def test_what_is_snoozed_is_left_out(sqlite_store: SqlStore, clock: FakeClock) -> None:
    world = World(sqlite_store, clock)
    number = await promised(world, "limit the cache", owner="ben")
    wish = Wish(snoozed_until="2026-02-01")
    await world.incidents.change_followup(number, 1, wish, world.by("ben"))
    await world.forward(days=8)
    assert set((await digests(world)).values()) == {""}, "nothing to say, so nothing is sent"


def test_monday_morning_is_everybodys_own() -> None:
    now = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    assert next_monday(now, "UTC") == datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
    assert next_monday(now, "America/New_York") == datetime(2026, 1, 5, 14, 0, tzinfo=UTC)
    assert next_monday(now, "Asia/Tokyo") == datetime(2026, 1, 12, 0, 0, tzinfo=UTC)
