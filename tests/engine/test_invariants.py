"""Whatever people, sources and time do one after the other, the rows agree with the record."""

import asyncio
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import UserError
from bot.domain.lifecycle import Action
from bot.domain.severity import Severity
from storage.database import open_database
from storage.store import SqlStore
from tests.databases import seeded_randomness, sqlite_url
from tests.engine.invariants import broken
from tests.engine.world import World
from tests.fakes.clock import FakeClock
from tests.fakes.policies import company

POLICIES = company(
    routes={
        "prod": {
            "match": {"env": "prod"},
            "team": "payments",
            "correlate": {"by": ["service"], "within": "1h"},
        },
        "default": {"fallback": True, "team": "payments", "ceiling": "P1"},
    },
    inhibitions={"dc": {"source": {"title": "dc"}, "target": {"service": "shop"}}},
)

ALERTS = st.fixed_dictionaries(
    {
        "title": st.sampled_from(["api", "db", "dc"]),
        "severity": st.sampled_from(["critical", "high", "warning", "low", "info", "none", None]),
        "group_key": st.sampled_from(["g1", "g2", "g3", None]),
        "labels": st.sampled_from(
            [{}, {"env": "prod", "service": "pay"}, {"env": "prod", "service": "shop"}]
        ),
    }
)
PEOPLE = st.sampled_from(["ann", "ben", "cara", "eva"])
NUMBERS = st.integers(1, 6)
STEPS = st.one_of(
    st.tuples(st.just("fires"), ALERTS),
    st.tuples(st.just("fires"), ALERTS),
    st.tuples(st.just("clears"), ALERTS, st.booleans()),
    st.tuples(st.just("forward"), st.sampled_from([1, 2, 10, 16, 31, 61, 5000])),
    st.tuples(st.just("ack"), PEOPLE, NUMBERS),
    st.tuples(st.just("resolve"), PEOPLE, NUMBERS),
    st.tuples(st.just("escalate"), PEOPLE, NUMBERS),
    st.tuples(st.just("release"), PEOPLE, NUMBERS),
    st.tuples(st.just("undo"), PEOPLE, NUMBERS),
    st.tuples(st.just("severity"), PEOPLE, NUMBERS, st.sampled_from(Severity)),
    st.tuples(
        st.just("act"),
        PEOPLE,
        NUMBERS,
        st.sampled_from(
            [Action.START_WORK, Action.DEESCALATE, Action.REOPEN, Action.CLOSE, Action.TAKE]
        ),
    ),
    st.tuples(st.just("silence"), PEOPLE, st.sampled_from(["service=pay", "title=db"])),
)


async def do(world: World, step: tuple[Any, ...]) -> None:
    match step:
        case "fires", said:
            await world.fires(**said)
        case "clears", said, at_once:
            await world.clears(**said, settles_at_once=at_once)
        case "forward", minutes:
            await world.forward(minutes=minutes)
        case "silence", person, matcher:
            await world.silence(person, matcher)
        case "severity", person, number, to:
            await world.incidents.severity(number, to, world.by(person))
        case "act", person, number, action:
            await world.incidents.act(number, action, world.by(person))
        case verb, person, number:
            await getattr(world.incidents, verb)(number, world.by(person))


async def live(template: Path, steps: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "muster.db"
        shutil.copyfile(template, path)
        database, clock = open_database(sqlite_url(path)), FakeClock()
        store = SqlStore(database, clock, randomness=seeded_randomness())
        try:
            async with World(store, clock, policies=POLICIES) as world:
                for step in steps:
                    with suppress(UserError):
                        await do(world, step)
                assert "DEAD_LETTER" not in {d for _, d in world.intake.batches.decisions}
                assert (store.retries, world.timers.failures) == (0, 0)
                assert await broken(world) == []
        finally:
            await database.close()


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=5, max_size=25))
def test_whatever_happens_the_record_holds(
    sqlite_template: Path, steps: list[tuple[Any, ...]]
) -> None:
    asyncio.run(live(sqlite_template, steps))
