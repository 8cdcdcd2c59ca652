"""What goes wrong on the way, and how often one may call."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.clock import FakeClock
from tests.fakes.slack import Slack
from tests.fakes.slack.faults import (
    HALF_BODY,
    HANG,
    HTML,
    HTML_503,
    LOST_ANSWER,
    RESET,
    broken,
    rate_limited,
    refuses,
)
from tests.unit.slack_sim.conftest import refusal


@pytest.mark.parametrize("written", [0, 30, 3600, "soon"])
async def test_a_wait_is_written_in_any_form(
    slack: Slack, client: AsyncWebClient, written: int | str
) -> None:
    slack.faults.add("auth.test", rate_limited(written))
    with pytest.raises(SlackApiError) as raised:
        await client.auth_test()
    assert raised.value.response.status_code == 429
    assert raised.value.response.headers["Retry-After"] == str(written)
    await client.auth_test()


async def test_a_wait_may_be_left_out(slack: Slack, client: AsyncWebClient) -> None:
    slack.faults.add("auth.test", rate_limited(None))
    with pytest.raises(SlackApiError) as raised:
        await client.auth_test()
    assert "Retry-After" not in raised.value.response.headers


@pytest.mark.parametrize("fault", [HALF_BODY, RESET])
async def test_a_connection_breaks(slack: Slack, client: AsyncWebClient, fault: object) -> None:
    slack.faults.add_any(fault)  # type: ignore[arg-type]
    with pytest.raises(aiohttp.ClientError):
        await client.conversations_create(name="inc-7")
    assert not slack.workspace.channels


async def test_html_and_errors_come_instead_of_json(slack: Slack, client: AsyncWebClient) -> None:
    slack.faults.add("auth.test", HTML, HTML_503, broken(500))
    for _ in range(3):
        with pytest.raises(SlackApiError):
            await client.auth_test()


async def test_a_deed_is_done_though_its_answer_is_lost(
    slack: Slack, client: AsyncWebClient
) -> None:
    slack.faults.add("conversations.create", LOST_ANSWER)
    with pytest.raises(aiohttp.ClientError):
        await client.conversations_create(name="inc-7")
    assert slack.room("inc-7")


async def test_a_dark_slack_never_answers_until_it_is_well(
    slack: Slack, client: AsyncWebClient
) -> None:
    slack.faults.everything = HANG
    client.timeout = 0  # without end
    waiting = asyncio.create_task(client.auth_test())
    await slack.until(lambda: slack.faults.happened)
    assert not waiting.done()
    waiting.cancel()
    slack.faults.clear()
    await client.auth_test()


async def test_a_code_is_answered_as_long_as_it_is_said(
    slack: Slack, client: AsyncWebClient
) -> None:
    slack.faults.always["conversations.create"] = refuses("restricted_action")
    for name in ("inc-7", "inc-8"):
        assert await refusal(client.conversations_create(name=name)) == "restricted_action"
    assert not slack.complaints


async def test_about_twenty_rooms_open_in_a_minute(
    slack: Slack, client: AsyncWebClient, clock: FakeClock
) -> None:
    slack.limits.on = True
    for number in range(20):
        await client.conversations_create(name=f"inc-{number}")
    with pytest.raises(SlackApiError) as raised:
        await client.conversations_create(name="inc-20")
    assert raised.value.response.headers["Retry-After"] == "60"
    clock.forward(seconds=60)
    await client.conversations_create(name="inc-20")


async def test_posts_are_counted_by_channel(
    slack: Slack, client: AsyncWebClient, clock: FakeClock
) -> None:
    slack.limits.on = True
    one = slack.add_channel("one", "U0MUSTER").id
    other = slack.add_channel("other", "U0MUSTER").id
    for _ in range(5):
        await client.chat_postMessage(channel=one, text="x")
    assert await refusal(client.chat_postMessage(channel=one, text="x")) == "ratelimited"
    await client.chat_postMessage(channel=other, text="x")
    clock.forward(seconds=5)
    await client.chat_postMessage(channel=one, text="x")
