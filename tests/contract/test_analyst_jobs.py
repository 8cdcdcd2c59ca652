"""An analyst on another machine answers the cores that share its PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.domain.errors import Overloaded
from bot.ports.analyst import Ability, Job, Refused, Unavailable
from storage import tables as t
from storage.analyst_jobs import AnalystElsewhere, AnalystHere
from storage.store import SqlStore
from tests.databases import opened
from tests.fakes.clock import FakeClock

pytestmark = pytest.mark.postgres
FACTS = {"model": {"name": "echo"}}


async def echo(message: Mapping[str, Any]) -> Mapping[str, Any]:
    if message["body"].get("refuse"):
        return {"refused": {"code": "bad_job", "reason": "I would rather not."}}
    return {"result": {"said": message["body"]}}


class House:
    """Two cores and an analyst, each on connections of its own."""

    def __init__(self, stores: "list[SqlStore]") -> None:
        ids = iter(range(1_000))
        self.cores = [AnalystElsewhere(store, lambda: f"job-{next(ids)}") for store in stores[:2]]
        self.store = stores[2]
        self.analyst = AnalystHere(self.store, FACTS, echo)

    async def rows(self) -> int:
        async with self.store.reading() as connection:
            found = await connection.execute(select(func.count()).select_from(t.analyst_jobs))
            return int(found.scalar_one())


@asynccontextmanager
async def house(url: str, clock: FakeClock) -> AsyncIterator[House]:
    async with opened(url) as one, opened(url) as other, opened(url) as third:
        yield House([SqlStore(database, clock) for database in (one, other, third)])


@asynccontextmanager
async def answering(house: House) -> AsyncIterator[None]:
    async def answer() -> None:
        while True:
            for id, message in await house.analyst.claim():
                await house.analyst._carry_out(id, message)
            await asyncio.sleep(0)

    running = asyncio.create_task(answer())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_two_cores_ask_and_each_gets_its_own_answers(
    postgres_url: str, clock: FakeClock
) -> None:
    async with house(postgres_url, clock) as at, answering(at):
        await at.analyst.show()
        for core in at.cores:
            await core.look()
            assert core.facts(Ability.MODEL) == {"name": "echo"}
        jobs = [Job(kind="model.echo", body={"n": n}) for n in range(10)]
        answers = await asyncio.gather(
            *(at.cores[n % 2].do(job) for n, job in enumerate(jobs)),
        )
        assert [answer["said"] for answer in answers] == [{"n": n} for n in range(10)]
        with pytest.raises(Refused, match="rather not"):
            await at.cores[0].do(Job(kind="model.echo", body={"refuse": True}))
        assert await at.rows() == 0


async def test_of_two_analysts_one_gets_the_job(postgres_url: str, clock: FakeClock) -> None:
    async with house(postgres_url, clock) as at:
        other = AnalystHere(at.cores[1].store, FACTS, echo)
        await at.cores[0]._put("job-a", Job(kind="model.echo", body={}))
        claimed = await asyncio.gather(at.analyst.claim(), other.claim())
        assert sorted(len(jobs) for jobs in claimed) == [0, 1]
        await at.cores[0]._drop("job-a")


async def test_who_is_silent_counts_as_gone(postgres_url: str, clock: FakeClock) -> None:
    async with house(postgres_url, clock) as at:
        core = at.cores[0]
        assert core.facts(Ability.MODEL) is None
        await at.analyst.show()
        await core.look()
        assert core.facts(Ability.MODEL) is not None
        clock.forward(seconds=11)
        await core.look()
        with pytest.raises(Unavailable):
            await core.do(Job(kind="model.echo", body={}))


async def test_a_job_nobody_answers_ends_and_leaves_nothing(
    postgres_url: str, clock: FakeClock
) -> None:
    async with house(postgres_url, clock) as at:
        await at.analyst.show()
        await at.cores[0].look()
        with pytest.raises(Unavailable):
            await at.cores[0].do(Job(kind="model.echo", body={}, seconds=0.02))
        assert await at.rows() == 0


class Stumbling(AnalystHere):
    """Its database was away when it first looked for jobs."""

    stumbled = False

    async def claim(self) -> Sequence[tuple[str, Mapping[str, Any]]]:
        if not self.stumbled:
            self.stumbled = True
            raise Overloaded("The database is away.")
        return await super().claim()


async def test_a_database_that_was_away_does_not_end_the_analyst(
    postgres_url: str, clock: FakeClock
) -> None:
    async with house(postgres_url, clock) as at:
        analyst = Stumbling(at.store, FACTS, echo)
        await analyst.show()
        await at.cores[0].look()
        running = asyncio.create_task(analyst.run())
        try:
            answer = await at.cores[0].do(Job(kind="model.echo", body={"n": 1}))
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        assert analyst.stumbled
        assert answer == {"said": {"n": 1}}
