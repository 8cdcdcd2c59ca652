"""SIGTERM in the midst of it: what was taken is answered, the rest is refused."""

import asyncio
from pathlib import Path

import pytest

from storage.audit import verify
from storage.checkpoints import checkpoint_key
from tests.chaos.oracle.stored import read
from tests.chaos.oracle.timers import now
from tests.chaos.run import chaos
from tests.chaos.server import SECRET
from tests.databases import opened, sqlite_url

PATIENCE = 30.0


@pytest.mark.chaos
@pytest.mark.timeout(180)
async def test_stopping_answers_what_was_taken_and_refuses_the_rest(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "muster.db")
    async with chaos(tmp_path, url, workers=12) as run:
        async with asyncio.timeout(PATIENCE):
            while len(run.load.accepted) < 60:
                run.load.broken()
                await asyncio.sleep(0.01)
            refused = run.load.refused
            await run.stop()
            while run.load.refused == refused:
                await asyncio.sleep(0.01)
        stored = await read(url, now())
        sent = list(run.load.sent)
        assert {one.status for one in sent} <= {200, 202, 503, None}
        taken = [one for one in sent if stored.attempts.get(one.attempt)]
        assert taken
        assert [one for one in taken if one.status != 202] == []
        assert not [row for row in stored.effects if row.claimed_until and row.state == "pending"]
        verdict = await run.judge(settled=False)
    verdict.must_be_good()
    assert verdict.repeats == 0
    async with opened(url) as database:
        record = await verify(database, checkpoint_key(SECRET))
    assert record.good, record.findings
    assert record.uncovered == 0, "the record is sealed when nobody serves it any more"
