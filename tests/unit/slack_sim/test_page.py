"""The page on which a contributor presses buttons without a workspace."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.fakes.slack import Slack, slack_simulator
from tests.fakes.slack.__main__ import settings, settle_in
from tests.fakes.slack.page.routes import install
from tests.unit.slack_sim.bolt import CARD, Bot, by_socket

ROOT = Path(__file__).parents[3]


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with slack_simulator(also=install) as simulator:
        settle_in(simulator)
        yield simulator


@pytest.fixture
async def bot(slack: Slack) -> AsyncIterator[Bot]:
    async with by_socket(slack) as bot:
        yield bot


@pytest.fixture
async def http(slack: Slack) -> AsyncIterator[ClientSession]:
    async with ClientSession(slack.url) as session:
        yield session


async def do(http: ClientSession, **said: Any) -> dict[str, Any]:
    async with http.post("/sim/do", json={"person": "U0ANN", **said}) as response:
        done: dict[str, Any] = await response.json()
        return done


async def look(http: ClientSession) -> dict[str, Any]:
    async with http.get("/sim/state", params={"person": "U0ANN"}) as response:
        seen: dict[str, Any] = await response.json()
        return seen


async def test_the_page_asks_nothing_of_other_servers(http: ClientSession) -> None:
    async with http.get("/") as response:
        page = await response.text()
    assert response.content_type == "text/html"
    assert "://" not in page


async def test_a_form_is_filled_in_on_the_page(slack: Slack, bot: Bot, http: ClientSession) -> None:
    room = slack.room("incidents")
    assert (await look(http))["connected"]
    await do(http, act="say", text="/incident declare", channel=room.id)
    assert (await look(http))["modal"]["title"]["text"] == "Declare"
    refused = await do(http, act="submit", values={"title": "?"})
    assert refused["errors"] == {"title": "Say what is wrong."}
    await do(http, act="submit", values={"title": "Checkout is down"})
    assert (await look(http))["modal"] is None


async def test_a_button_is_pressed_on_the_page(slack: Slack, bot: Bot, http: ClientSession) -> None:
    room = slack.room("incidents")
    card = slack.workspace.post(room, slack.app.bot_user, "Down", blocks=_with_id(CARD))
    await do(http, act="press", what="ack", ts=card.ts, channel=room.id)
    await slack.until(lambda: card.was)
    (shown,) = [r for r in (await look(http))["channels"] if r["name"] == "#incidents"]
    assert shown["messages"][0]["text"] == "Acknowledged by Ann"
    wrong = await do(http, act="press", what="resolve", ts=card.ts, channel=room.id)
    assert "There is no 'resolve'" in wrong["trouble"]


async def test_another_sites_form_does_nothing(slack: Slack, http: ClientSession) -> None:
    said = '{"person":"U0ANN","act":"say","text":"hello","channel":"general"}'
    async with http.post("/sim/do", data=said, headers={"Content-Type": "text/plain"}) as response:
        assert response.status == 415
    assert slack.room("general").top_level() == []


async def test_the_command_line_prints_the_settings_to_use(slack: Slack) -> None:
    assert f"MUSTER_SLACK__BOT_TOKEN={slack.app.bot_token}" in settings(slack)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.slack", "--port", "0",
        cwd=ROOT, env=dict(os.environ), stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    first = await process.stdout.readline()
    url = first.decode().split()[4]
    async with ClientSession() as http, http.get(url) as response:
        assert response.status == 200
    process.terminate()
    await process.communicate()


def _with_id(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**block, "block_id": str(place)} for place, block in enumerate(blocks)]
