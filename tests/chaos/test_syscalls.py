"""The order of system calls: the alert is on the disk before anybody is told that it is.

A kill -9 cannot show this: what a process has written survives it, synced or not.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

import aiohttp
import pytest

from tests.chaos.config import write_config
from tests.chaos.server import Server
from tests.databases import sqlite_url

STRACE: Final = shutil.which("strace")
CALLS: Final = "fdatasync,fsync,write,writev,pwrite64,pwritev,sendto,sendmsg"
LINE: Final = re.compile(r"(?P<thread>\d+) +(?P<call>\w+)\((?P<rest>.*)", re.DOTALL)
RESUMED: Final = re.compile(r"(?P<thread>\d+) +<\.\.\. (?P<call>\w+) resumed>(?P<rest>.*)")


@dataclass(frozen=True)
class Did:
    """A system call: the lines on which it began and ended, and what strace says of it."""

    call: str
    began: int
    ended: int
    said: str


def calls(trace: str) -> Iterator[Did]:
    begun: dict[tuple[str, str], tuple[int, str]] = {}
    for number, line in enumerate(trace.splitlines()):
        if found := RESUMED.match(line):
            at, said = begun.pop((found["thread"], found["call"]), (number, ""))
            yield Did(found["call"], at, number, said + found["rest"])
        elif found := LINE.match(line):
            if line.endswith("<unfinished ...>"):
                begun[found["thread"], found["call"]] = (number, found["rest"])
            else:
                yield Did(found["call"], number, number, found["rest"])


@pytest.mark.chaos
@pytest.mark.timeout(120)
async def test_the_log_is_synced_before_the_answer_is_sent(tmp_path: Path) -> None:
    if STRACE is None:
        pytest.skip("strace is not installed (Debian: apt install strace)")
    trace, marker = tmp_path / "trace", f"marker{uuid4().hex}"
    server = Server(
        write_config(tmp_path / "config", "http://127.0.0.1:9"),
        sqlite_url(tmp_path / "muster.db"),
        tmp_path / "server.log",
        wrap=(STRACE, "-D", "-f", "-y", "-s", "6000", "-e", f"trace={CALLS}", "-o", str(trace)),
    )
    try:
        if not await server.start() and "ptrace" in server.said():
            pytest.skip("strace may not trace here")
        event = {
            "event_id": marker,
            "source": "probe",
            "timestamp": "2026-01-05T09:00:00Z",
            "title": "It is on the disk",
            "severity": "info",
        }
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{server.url}/api/v1/events", json=event) as said,
        ):
            assert said.status == 202
    finally:
        await server.stop()
    found = list(calls(trace.read_text("utf-8", "replace")))
    log = "muster.db-wal>"
    answers = [did for did in found if "HTTP/1.1 202" in did.said]
    written = [
        did for did in found if "write" in did.call and log in did.said and marker in did.said
    ]
    synced = [did for did in found if "sync" in did.call and log in did.said and "= 0" in did.said]
    assert len(answers) == 1
    assert written, "the alert was not written to the log"
    assert [
        sync for sync in synced if written[-1].ended < sync.began and sync.ended < answers[0].began
    ], "the log was not synced between the write and the answer"
