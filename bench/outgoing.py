"""From an alert at the door to the first call that leaves: a signed webhook to a receiver here."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import perf_counter, sleep
from typing import Final

import orjson

from bench.alerts import body
from bench.databases import sqlite
from bench.figure import Figure
from bench.load import percentile
from bench.servers import muster, settled

SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ALERTS: Final = 200
PER_SECOND: Final = 20
PATIENCE: Final = 10.0


def figures(folder: Path, *, alerts: int = ALERTS) -> Iterator[Figure]:
    """Alerts that each open an incident, at a steady pace; the sender's clock is the receiver's."""
    with _receiver() as (url, arrived):
        hook = {"WEBHOOKS__BENCH__URL": url, "WEBHOOKS__BENCH__SECRET": SECRET}
        with muster(folder, sqlite(folder / "outgoing.db"), **hook) as ours:
            settled(ours)
            sent: dict[str, float] = {}
            connection = http.client.HTTPConnection("127.0.0.1", ours.port, timeout=30)
            for number in range(alerts):
                begun = perf_counter()
                headers = {"Content-Type": "application/json"}
                connection.request("POST", "/webhooks/alertmanager", body(number), headers)
                told = orjson.loads(connection.getresponse().read())
                sent[told["events"][0]["incident_id"]] = begun
                sleep(max(0.0, 1 / PER_SECOND - (perf_counter() - begun)))
            until = perf_counter() + PATIENCE
            while len(arrived) < alerts and perf_counter() < until:
                sleep(0.01)
    took = sorted(arrived[id] - at for id, at in sent.items() if id in arrived)
    if len(took) < alerts:
        raise RuntimeError(f"{alerts - len(took)} of {alerts} incidents were never told")
    yield Figure(
        name="alert in to first call out, p95",
        value=percentile(took, 0.95) * 1000,
        unit="ms",
        target=100,
        at_least=False,
        spread=f"p50 {percentile(took, 0.5) * 1000:.1f} ms, worst {took[-1] * 1000:.0f} ms",
    )


@contextmanager
def _receiver() -> Iterator[tuple[str, dict[str, float]]]:
    """(its address, incident → when its first call came)."""
    arrived: dict[str, float] = {}

    class Hook(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            now = perf_counter()
            said = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
            arrived.setdefault(said["data"]["incident"]["id"], now)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", arrived
    finally:
        server.shutdown()
        server.server_close()
