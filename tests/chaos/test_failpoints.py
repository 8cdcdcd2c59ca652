"""Every place where a process may die or fail does so once, and the oracle still holds."""

import asyncio
import re
import time
from datetime import datetime
from pathlib import Path
from typing import Final

import orjson
import pytest

from tests.chaos.run import Run, chaos, start, tell
from tests.databases import sqlite_url

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs/reference/failpoints.md"
CALL: Final = re.compile(r'await failpoint\("([a-z_.]+)"\)')
ROW: Final = re.compile(r"^\| `([a-z_.]+)` \|", re.MULTILINE)
PATIENCE: Final = 45.0
LATER: Final = {"store.before_commit": 30, "store.after_commit": 30, "delivery.after_call": 3}
"""Which time it happens, where the first would be at the start."""


def in_code() -> set[str]:
    return {
        name
        for folder in ("bot", "handlers", "storage", "config")
        for path in (ROOT / folder).rglob("*.py")
        for name in CALL.findall(path.read_text("utf-8"))
    }


NAMES: Final = sorted(in_code())


def test_the_page_names_every_failpoint_of_the_code() -> None:
    assert ROW.findall(PAGE.read_text("utf-8")) == NAMES


@pytest.mark.chaos
@pytest.mark.timeout(600)
async def test_a_death_at_every_failpoint_loses_nothing(tmp_path: Path) -> None:
    began = time.monotonic()
    async with chaos(tmp_path, sqlite_url(tmp_path / "muster.db")) as run:
        run.load.talk = 0.4
        for name in NAMES:
            await run.kill(run.server)
            await run.server.launch(f"{name}:{LATER.get(name, 1)}:kill")
            assert await run.died(PATIENCE), f"nothing came by {name}"
        await start(run.server)
        await run.settle()
        verdict = await run.judge()
    tell(run, verdict, began)
    verdict.must_be_good()


@pytest.mark.chaos
@pytest.mark.timeout(300)
async def test_a_failure_at_every_failpoint_loses_nothing(tmp_path: Path) -> None:
    began = time.monotonic()
    async with chaos(tmp_path, sqlite_url(tmp_path / "muster.db")) as run:
        run.load.talk = 0.4
        await run.stop()
        await start(run.server, ",".join(f"{n}:{LATER.get(n, 1)}:raise" for n in NAMES))
        async with asyncio.timeout(PATIENCE):
            while len(failures(run)) < len(NAMES):
                run.load.broken()
                await asyncio.sleep(0.1)
        await run.stop()  # what was left half done is taken up again
        await start(run.server)
        run.interruptions += failures(run).values()
        await run.settle()
        verdict = await run.judge()
    tell(run, verdict, began)
    verdict.must_be_good()


def failures(run: Run) -> dict[str, float]:
    """When each failpoint was passed, by the server's log."""
    found = {}
    for line in run.server.said().splitlines():
        if '"event": "failpoint"' in line:
            said = orjson.loads(line)
            found[said["name"]] = datetime.fromisoformat(said["timestamp"]).timestamp()
    return found
