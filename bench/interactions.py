"""How soon Slack hears that a command or a click was heard: it is on disk by then.

The server talks to a simulated Slack in a process of its own meanwhile: cards are edited, answers
go back.
"""

import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from bench.databases import sqlite
from bench.figure import Figure
from bench.load import Load
from bench.presses import INCIDENTS, SECRET
from bench.servers import Server, muster, settled, slack

PER_SECOND: Final = 50
WARM_UP: Final = 20
"""A second, before the figure is taken: who they are is asked, and each incident has somebody."""
TOKEN: Final = "xoxb-simulated-bot-token"


def figures(folder: Path, *, seconds: float) -> Iterator[Figure]:
    """Signed, by HTTP, at a steady pace; a late answer counts from when its request was due."""
    with slack(folder) as theirs, _answers() as (url, answered):
        given = {
            "SLACK__API_URL": f"http://127.0.0.1:{theirs.port}/api/",
            "SLACK__BOT_TOKEN": TOKEN,
            "SLACK__SIGNING_SECRET": SECRET,
            "SLACK__DIGEST_CHANNEL": "#incidents",
        }
        with muster(folder, sqlite(folder / "slack.db"), **given) as ours:
            ours.load(Load(port=ours.port, requests=INCIDENTS, first=1, seconds=30))
            presses = Load(
                port=ours.port,
                path="/slack/events",
                body="presses",
                channel=_channel(theirs, "general"),
                answers=url,
                connections=16,
            )
            settled(ours)
            ours.load(replace(presses, rate=WARM_UP, requests=3 * INCIDENTS))
            settled(ours)
            answered.clear()
            report = ours.load(
                replace(presses, first=3 * INCIDENTS, rate=PER_SECOND, seconds=seconds)
            )
            settled(ours)
    if report.bad or len(answered) < report.good * 0.99:
        raise RuntimeError(f"{report.bad} were refused, {len(answered)} were answered")
    yield Figure(
        name=f"Slack acknowledged, p99 at {PER_SECOND} interactions a second",
        value=report.p99 * 1000,
        unit="ms",
        target=50,
        at_least=False,
        spread=f"p50 {report.p50 * 1000:.1f} ms, worst {report.worst * 1000:.0f} ms",
    )


def _channel(server: Server, name: str) -> str:
    """Its id."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/api/conversations.list",
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        channels = json.load(answer)["channels"]
    return next(str(one["id"]) for one in channels if one["name"] == name)


@contextmanager
def _answers() -> Iterator[tuple[str, list[int]]]:
    """A `response_url`, and the lengths of what came to it."""
    came: list[int] = []

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            came.append(len(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", came
    finally:
        server.shutdown()
        server.server_close()
