"""Muster, a real Alertmanager and a real browser, each a process of its own."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
PATIENCE = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(ask: Callable[[], object], what: str) -> object:
    """The first true answer, asked again and again for a while."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if answer := ask():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"it never came: {what}")


def fetch(url: str, body: object = None) -> object:
    """The JSON of an answer, None where nobody answers."""
    data = json.dumps(body).encode() if body is not None else None
    request = Request(url, data, {"Content-Type": "application/json"})
    try:
        with urlopen(request, timeout=5) as answer:
            said = answer.read()
    except (URLError, ConnectionError, TimeoutError):
        return None
    return json.loads(said) if said else {}


@contextmanager
def process(command: list[str], folder: Path, **environment: str) -> Iterator[subprocess.Popen]:
    """A process that is asked to stop at the end, and made to if it does not."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log.txt").open("wb") as log:
        running = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, env={**os.environ, **environment}
        )
        try:
            yield running
        finally:
            running.send_signal(signal.SIGTERM)
            try:
                running.wait(10)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait(10)


@pytest.fixture
def muster(tmp_path: Path) -> Iterator[str]:
    """Muster in dev on a fresh SQLite file, as `make run` starts it; its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with process(
        [sys.executable, "-m", "bot", "serve"],
        tmp_path / "muster",
        MUSTER_ENV="dev",
        MUSTER_PORT=str(port),
        MUSTER_INTAKE__SETTLE="1s",
        PYTHONPATH=str(ROOT),
    ):
        eventually(lambda: fetch(f"{address}/ready"), "Muster is ready")
        yield address


@pytest.fixture
def alertmanager(tmp_path: Path, muster: str) -> Iterator[str]:
    """A real one that tells this Muster; its address."""
    with alertmanager_of(muster, tmp_path / "alertmanager") as address:
        yield address


@contextmanager
def alertmanager_of(muster: str, folder: Path) -> Iterator[str]:
    """Debian's Alertmanager with the snippet of the quickstart, only quicker; its address."""
    program = shutil.which("prometheus-alertmanager")
    if program is None:
        pytest.skip("no prometheus-alertmanager here; `make e2e-setup` installs it")
    port = free_port()
    folder.mkdir()
    (folder / "alertmanager.yml").write_text(snippet(muster))
    command = [
        program,
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    address = f"http://127.0.0.1:{port}"
    with process(command, folder):
        eventually(lambda: fetch(f"{address}/api/v2/status"), "Alertmanager is ready")
        yield address


def snippet(muster: str) -> str:
    """The Alertmanager configuration of docs/quickstart.md, pointed at this Muster."""
    text = (ROOT / "docs" / "quickstart.md").read_text()
    (found,) = (b for b in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "receivers" in b)
    found = found.replace("http://127.0.0.1:8080", muster)
    return found.rstrip() + "\n  group_wait: 1s\n  group_interval: 1s\n"


def fire(alertmanager: str, *, over: bool = False) -> None:
    """Tells Alertmanager of one alert, firing or over."""
    now = datetime.now(UTC)
    alert = {
        "labels": {"alertname": "CheckoutSlow", "service": "shop", "severity": "critical"},
        "annotations": {
            "summary": "Checkout p99 over 2 s",
            "description": "p99 of POST /checkout has been above 2 s for five minutes.",
        },
        "generatorURL": "http://prometheus.example/graph",
        "startsAt": "2026-01-05T09:00:00Z",
        "endsAt": (now - timedelta(seconds=1) if over else now + timedelta(hours=1)).isoformat(),
    }
    assert fetch(f"{alertmanager}/api/v2/alerts", [alert]) is not None


@pytest.fixture
def browser() -> Iterator[object]:
    """Debian's Chromium without a screen."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("no chromium and chromedriver here; `make e2e-setup` installs them")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1200,900",
    ):
        options.add_argument(flag)
    service = webdriver.ChromeService(executable_path=driver)
    chrome = webdriver.Chrome(options=options, service=service)
    try:
        yield chrome
    finally:
        chrome.quit()
