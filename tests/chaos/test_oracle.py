"""The judge is judged: whatever is changed behind Muster's back, it names."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from tests.chaos.oracle import Witness, judge
from tests.chaos.run import Run, chaos
from tests.databases import sqlite_url

ENOUGH: Final = 50

BEHIND_ITS_BACK: Final = {
    "DELETE FROM events WHERE id IN (SELECT max(id) FROM events WHERE decision = 'OPENED')": "lost",
    "UPDATE events SET decision = 'LATE' WHERE decision = 'OPENED'": "was told",
    "INSERT INTO raw_bodies SELECT id || 'x', tenant, source, received_at, body FROM raw_bodies": (
        "stored 2 times"
    ),
    "DELETE FROM raw_bodies WHERE id IN (SELECT max(id) FROM raw_bodies)": "stored 0 times",
    "UPDATE alerts SET count = count + 1": "counts",
    "UPDATE groups SET held = NOT held": "held is",
    "UPDATE timers SET fired_at = due_at - 1 WHERE state = 'fired'": "early",
    "UPDATE timers SET fired_at = fired_at + 1 WHERE kind = 'acknowledge'": "0 consequences",
    "UPDATE timers SET state = 'pending' WHERE state = 'fired'": "is due since",
    "DELETE FROM entries WHERE type = 'escalated'": "gap",
    "UPDATE entries SET actor_id = 'eve' WHERE seq = 1": "not what was hashed",
    "UPDATE entry_bodies SET body = X'7b7d' WHERE seq = 1": "not what was digested",
    "UPDATE incidents SET title = 'another'": "differ in",
    "UPDATE incidents SET version = version + 1": "its row knows",
    "DELETE FROM effects WHERE kind = 'Webhook'": "has no webhook",
    "UPDATE effects SET state = 'pending', settled_at = NULL WHERE kind = 'Webhook'": "waits",
    "UPDATE effects SET state = 'failed', error = 'no' WHERE kind = 'Webhook'": "is failed",
    "DELETE FROM effects WHERE kind = 'Page'": "never queued",
    "UPDATE effects SET state = 'withdrawn' WHERE kind = 'Page'": "went out",
    "DELETE FROM invocations": "not kept",
}


@pytest.mark.chaos
@pytest.mark.timeout(180)
async def test_the_oracle_sees_what_is_wrong(tmp_path: Path) -> None:
    database = tmp_path / "muster.db"
    async with chaos(tmp_path, sqlite_url(database)) as run:
        run.load.talk = 0.3
        async with asyncio.timeout(60):
            while len(run.load.accepted) < ENOUGH or acknowledged(run) < 4 or escalated(run) < 4:
                run.load.broken()
                await asyncio.sleep(0.01)
        await run.settle()
        await run.stop()
        (await run.judge()).must_be_good()
    witness = Witness(run.load, run.receiver)
    for statement, said in BEHIND_ITS_BACK.items():
        copy = tmp_path / "copy.db"
        shutil.copyfile(database, copy)
        with closing(sqlite3.connect(copy)) as connection, connection:
            connection.execute(statement)
        violations = (await judge(sqlite_url(copy), witness)).violations
        assert any(said in one for one in violations), (statement, violations[:5])
    for change, said in AT_THE_RECEIVER.items():
        kept = list(run.receiver.arrivals)
        change(run.receiver.arrivals)
        violations = (await judge(sqlite_url(database), witness)).violations
        run.receiver.arrivals[:] = kept
        assert any(said in one for one in violations), (said, violations[:5])


def acknowledged(run: Run) -> int:
    return sum(str(sent.body.get("text")).startswith("ack") for sent in run.load.accepted)


def escalated(run: Run) -> int:
    return sum(arrival.type == "incident.escalated" for arrival in run.receiver.arrivals)


def _again(arrivals: list) -> None:
    arrivals.append(replace(arrivals[0], at=arrivals[0].at + 5))


def _a_stranger(arrivals: list) -> None:
    arrivals.append(replace(arrivals[0], id="nobody's"))


def _late(arrivals: list) -> None:
    arrivals[:] = [replace(a, at=a.at + 60) if a.type == "page" else a for a in arrivals]


AT_THE_RECEIVER: Final[dict[Callable[[list], None], str]] = {
    _again: "nobody was killed between",
    _a_stranger: "belongs to nothing",
    list.clear: "never arrived",
    list.reverse: "after",
    _late: "acknowledged at",
}
