"""The long run: hundreds of kills, and a summary to read (`make chaos`)."""

import random
import time
from pathlib import Path

import pytest

from tests.chaos.run import chaos, in_turn, tell
from tests.databases import sqlite_url

ON_TIME = 0.25
"""Seconds by which one timer in a hundred may be late."""


@pytest.mark.chaos_long
async def test_two_hundred_kills_on_sqlite(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began, dice = time.monotonic(), random.Random(11)
    async with chaos(tmp_path, sqlite_url(tmp_path / "muster.db"), seed=11) as run:
        for _ in range(200):
            await run.cycle(run.server, dice)
        await run.settle(patience=120, bundles=True)
        verdict = await run.judge()
    with capsys.disabled():
        tell(run, verdict, began)
    verdict.must_be_good()
    assert verdict.p99 < ON_TIME


@pytest.mark.chaos_long
@pytest.mark.postgres
async def test_thirty_kills_on_two_replicas(
    tmp_path: Path, empty_postgres: str, capsys: pytest.CaptureFixture[str]
) -> None:
    began, dice = time.monotonic(), random.Random(12)
    async with chaos(tmp_path, empty_postgres, replicas=2, seed=12) as run:
        for number in range(30):
            await run.cycle(in_turn(run.servers, number), dice)
        await run.settle(patience=120, bundles=True)
        verdict = await run.judge()
    with capsys.disabled():
        tell(run, verdict, began)
    verdict.must_be_good()
    assert verdict.p99 < ON_TIME
