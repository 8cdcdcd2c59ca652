"""The core and an analyst that may hang, die or talk nonsense: real processes, real sockets."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from bot.ports.analyst import Ability, Job, Refused, Unavailable
from bot.supervisor import WAITING, Supervisor


@asynccontextmanager
async def supervised(
    mode: str, *, beats: float = 60.0, ready: bool = True, **more: object
) -> AsyncIterator[Supervisor]:
    def start(descriptor: int) -> Sequence[str]:
        return (sys.executable, "-m", "tests.fakes.analyst", str(descriptor), mode)

    heard = more.pop("observe", lambda kind, seconds: None)
    supervisor = Supervisor(
        os.environ, command=start, later=0.0, beats=beats, backoff=(0.01,), observe=heard
    )
    running = asyncio.create_task(supervisor.run())
    try:
        if ready:
            await until(lambda: supervisor.facts(Ability.MODEL) is not None)
        yield supervisor
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def until(true) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.01)


def echo(**body: object) -> Job:
    return Job(kind="model.echo", body=body, seconds=20)


async def test_a_job_goes_there_and_its_answer_comes_back():
    heard = []
    async with supervised("good", observe=lambda kind, seconds: heard.append(kind)) as analyst:
        assert analyst.facts(Ability.MODEL) == {"name": "echo"}
        answers = await asyncio.gather(*(analyst.do(echo(n=n)) for n in range(20)))
        assert [answer["said"] for answer in answers] == [{"n": n} for n in range(20)]
        assert heard == ["model.echo"] * 20


async def test_what_it_cannot_do_is_said_at_once():
    async with supervised("good") as analyst:
        assert analyst.facts(Ability.VECTORS) is None
        with pytest.raises(Unavailable):
            await analyst.do(Job(kind="vectors.find", body={}))
        with pytest.raises(Refused, match="rather not"):
            await analyst.do(echo(refuse=True))
        with pytest.raises(Refused, match="at most"):
            await analyst.do(echo(long="x" * 5_000_000))


async def test_before_it_is_there_nobody_waits_for_it():
    async with supervised("mute", ready=False) as analyst:
        await until(lambda: analyst.starts == 1)
        with pytest.raises(Unavailable):
            await analyst.do(echo())


async def test_it_is_killed_in_the_middle_and_comes_back():
    async with supervised("good") as analyst:
        asked = asyncio.create_task(analyst.do(echo(never=True)))
        await asyncio.sleep(0)
        first = analyst.pid
        os.kill(first, signal.SIGKILL)
        with pytest.raises(Unavailable):
            await asked
        await until(lambda: analyst.facts(Ability.MODEL) is not None and analyst.pid != first)
        assert (await analyst.do(echo(n=1)))["said"] == {"n": 1}


async def test_it_dies_of_a_job_and_comes_back():
    async with supervised("good") as analyst:
        with pytest.raises(Unavailable):
            await analyst.do(echo(die=True))
        await until(lambda: analyst.starts == 2 and analyst.facts(Ability.MODEL) is not None)
        assert (await analyst.do(echo(n=1)))["said"] == {"n": 1}


async def test_a_job_ends_when_its_seconds_are_over():
    async with supervised("silent") as analyst:
        with pytest.raises(Unavailable):
            await analyst.do(Job(kind="model.echo", body={}, seconds=0.05))


async def test_who_hangs_is_killed_and_started_again():
    async with supervised("good", beats=0.2) as analyst:
        first = analyst.pid
        os.kill(first, signal.SIGSTOP)
        await until(lambda: analyst.starts > 1)
        with pytest.raises(ProcessLookupError):
            os.kill(first, 0)


@pytest.mark.parametrize("mode", ["nonsense", "huge"])
async def test_who_talks_nonsense_is_ended(mode):
    async with supervised(mode) as analyst:
        with pytest.raises(Unavailable):
            await analyst.do(echo())
        await until(lambda: analyst.starts > 1)


async def test_a_stranger_is_not_listened_to():
    async with supervised("stranger", ready=False) as analyst:
        await until(lambda: analyst.starts > 2)
        assert analyst.facts(Ability.MODEL) is None


async def test_no_queue_grows_behind_a_slow_one():
    async with supervised("silent") as analyst:
        waiting = [asyncio.create_task(analyst.do(echo())) for _ in range(WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await analyst.do(echo())
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_it_goes_when_the_core_goes():
    async with supervised("stubborn") as analyst:
        pid = analyst.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
