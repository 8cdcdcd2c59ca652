"""Slack, simulated, and a Muster that is connected to it: by HTTP and by Socket Mode."""

from collections.abc import AsyncIterator

import pytest

from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.slack import Slack, slack_simulator
from tests.slack.office import Office, opened


@pytest.fixture
async def slack(clock: FakeClock) -> AsyncIterator[Slack]:
    """A workspace; nothing that no app should do may happen in it."""
    async with slack_simulator(clock) as slack:
        yield slack
    assert slack.complaints == []
    assert slack.unfurling() == []


@pytest.fixture(params=["http", "socket"])
async def office(
    request: pytest.FixtureRequest, slack: Slack, sqlite_store: SqlStore, clock: FakeClock
) -> AsyncIterator[Office]:
    """The same in both ways to be connected."""
    by_http = request.param == "http"
    async with opened(slack, sqlite_store, clock, by_http=by_http) as office:
        yield office


@pytest.fixture
async def http_office(
    slack: Slack, sqlite_store: SqlStore, clock: FakeClock
) -> AsyncIterator[Office]:
    """For what does not depend on the way."""
    async with opened(slack, sqlite_store, clock, by_http=True) as office:
        yield office
