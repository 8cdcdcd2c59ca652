"""kill -9 at random moments: nothing that was answered 202 is lost, nothing happens twice."""

import random
import time
from pathlib import Path

import pytest

from tests.chaos.run import chaos, in_turn, start, tell
from tests.databases import sqlite_url

pytestmark = [pytest.mark.chaos]


@pytest.mark.timeout(180)
async def test_kills_lose_nothing_on_sqlite(tmp_path: Path) -> None:
    began, dice = time.monotonic(), random.Random(1)
    async with chaos(tmp_path, sqlite_url(tmp_path / "muster.db")) as run:
        for _ in range(8):
            await run.cycle(run.server, dice)
        await run.settle()
        verdict = await run.judge()
    tell(run, verdict, began)
    verdict.must_be_good()
    assert verdict.accepted > 40


@pytest.mark.postgres
@pytest.mark.timeout(180)
async def test_kills_lose_nothing_on_two_replicas(tmp_path: Path, empty_postgres: str) -> None:
    began, dice = time.monotonic(), random.Random(2)
    async with chaos(tmp_path, empty_postgres, replicas=2) as run:
        for number in range(3):
            await run.cycle(in_turn(run.servers, number), dice)
        await run.load.finish()
        await run.stop()
        await run.let_leases_run_out()
        await start(run.server)
        await run.settle()
        verdict = await run.judge()
    tell(run, verdict, began)
    verdict.must_be_good()
    assert verdict.accepted > 40
