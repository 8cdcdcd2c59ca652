"""Slack's simulator, driven by the stock slack_sdk."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.clock import FakeClock
from tests.fakes.slack import Slack, slack_simulator


@pytest.fixture
async def slack(clock: FakeClock) -> AsyncIterator[Slack]:
    async with slack_simulator(clock) as simulator:
        simulator.add_user("ann", email="ann@example.com")
        simulator.add_user("ben", email="ben@example.com")
        yield simulator


@pytest.fixture
def client(slack: Slack) -> AsyncWebClient:
    """It retries nothing by itself."""
    return AsyncWebClient(slack.app.bot_token, base_url=slack.api_url, retry_handlers=[])


async def refusal(call: Any) -> str:
    """The code this call is refused with."""
    with pytest.raises(SlackApiError) as raised:
        await call
    return str(raised.value.response["error"])
