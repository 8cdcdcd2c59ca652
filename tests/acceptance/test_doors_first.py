"""The doors open before the rest is there: alerts are answered at once, pages wait."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.app import build
from bot.core import Core, lay
from bot.gently import import_gently
from config.loader import load_policies
from config.settings import load_settings
from storage.database import open_database
from storage.schema import create_or_upgrade
from storage.store import SqlStore
from tests.acceptance.test_whole_app import ALERT
from tests.fakes.clock import FakeClock

ROOT = Path(__file__).parents[2]

Client = TestClient[Any, Any]


@pytest.fixture
async def core(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Core]:
    """Its doors are open; the rest is not built yet."""
    settings = load_settings(
        {"MUSTER_ENV": "dev", "MUSTER_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/muster.db"}
    )
    database = open_database(settings.database_url)
    await create_or_upgrade(database)
    policies = load_policies(settings.policies_folder, dev=True)
    core = lay(settings, policies, SqlStore(database, clock))
    core.engine.intake.start()
    yield core
    await core.engine.intake.stop()
    await core.close()


@pytest.fixture
async def client(core: Core) -> AsyncIterator[Client]:
    async with TestServer(core.application) as server, TestClient(server) as client:
        yield client


async def test_an_alert_is_answered_before_the_rest_is_there_and_counted_after(
    core: Core, client: Client
) -> None:
    async with client.post("/webhooks/alertmanager", json=ALERT) as answer:
        assert answer.status == 202
        (event,) = (await answer.json())["events"]

    build(core, secret=b"tests")

    async with client.get(f"/api/v1/incidents/{event['incident_id']}") as page:
        assert (await page.json())["status"] == "NEW"
    async with client.get("/metrics") as metrics:
        text = await metrics.text()
    assert 'incidents_created_total{severity="P0",source="alertmanager"} 1.0' in text


async def test_who_asks_for_a_page_too_early_waits_for_it(core: Core, client: Client) -> None:
    asked = asyncio.create_task(client.get("/health"))
    async with client.post("/webhooks/alertmanager", json=ALERT) as answer:
        assert answer.status == 202  # sent later, answered first
    assert not asked.done()

    build(core, secret=b"tests")

    assert (await asked).status == 200


async def test_what_is_nowhere_is_still_nowhere(core: Core, client: Client) -> None:
    build(core, secret=b"tests")

    async with client.get("/no/such/page") as nothing:
        assert nothing.status == 404
    async with client.delete("/webhooks/alertmanager") as wrong:
        assert wrong.status == 405
        assert wrong.headers["Allow"] == "OPTIONS, POST, PUT"
    async with client.delete("/api/v1/incidents") as wrong_page:
        assert wrong_page.status == 405


async def test_pages_that_never_came_are_refused_when_it_ends(core: Core) -> None:
    async with TestServer(core.application) as server, TestClient(server) as client:
        asked = asyncio.create_task(client.get("/health"))
        async with client.post("/webhooks/alertmanager", json=ALERT):
            pass
        await core.pages.close(core.application)

        assert (await asked).status == 503


class Flooded:
    """An intake that never rests."""

    async def idle(self) -> None:
        await asyncio.Event().wait()


async def test_a_flood_of_alerts_cannot_hold_the_rest_up() -> None:
    async with asyncio.timeout(60):
        await import_gently(Flooded(), pieces=["bot.app"])


def test_the_doors_need_nothing_of_the_pages() -> None:
    found = _python(
        "import sys, bot.core;"
        "print([m for m in ('handlers.api.rest', 'handlers.web.room', 'bot.chat.router',"
        " 'apscheduler', 'jinja2', 'bot.engine.knowledge.asking',"
        " 'sqlalchemy.dialects.postgresql') if m in sys.modules])"
    )
    assert found.stdout.strip() == "[]"


def test_a_broken_part_of_the_rest_ends_the_start(tmp_path: Path) -> None:
    """It is imported after the doors opened, but it is not forgiven."""
    found = _python(
        "import sys; sys.modules['handlers.web.room'] = None;"  # as if it could not be imported
        + _serve(tmp_path / "muster.db", 0)
    )
    assert found.returncode != 0
    assert "handlers.web.room" in found.stderr


def test_an_address_that_is_taken_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = _python(_serve(tmp_path / "muster.db", port))
    *log, said = found.stderr.splitlines()
    assert (found.returncode, said) == (
        2,
        f"Cannot listen on 127.0.0.1 port {port}: Address already in use. "
        "MUSTER_HOST and MUSTER_PORT say where to listen.",
    )
    assert not [line for line in log if "error" in line or "Traceback" in line]


def test_a_folder_that_takes_no_database_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("I am a file.")
    found = _python(_serve(tmp_path / "var" / "muster.db", 0))
    assert found.returncode == 2
    assert found.stderr.startswith(f"The database {tmp_path}/var/muster.db cannot be kept there: ")
    assert "name another file in MUSTER_DATABASE_URL" in found.stderr


def _serve(database: Path, port: int) -> str:
    return (
        "import sys; from bot.cli import main;"
        f"sys.exit(main(['serve'], {{'MUSTER_ENV': 'dev', 'MUSTER_PORT': '{port}',"
        f" 'MUSTER_DATABASE_URL': 'sqlite+aiosqlite:///{database}'}}))"
    )


def _python(code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
