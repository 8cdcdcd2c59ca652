"""Teams, simulated, and a Muster that hears it."""

from collections.abc import AsyncIterator

import pytest

from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.teams import Teams, teams_simulator
from tests.teams.inbound.office import Office, opened


@pytest.fixture
async def teams(clock: FakeClock) -> AsyncIterator[Teams]:
    """A tenant; nothing that no bot should do may happen in it."""
    async with teams_simulator(clock) as teams:
        yield teams
    assert teams.complaints == []


@pytest.fixture
async def office(teams: Teams, sqlite_store: SqlStore, clock: FakeClock) -> AsyncIterator[Office]:
    async with opened(teams, sqlite_store, clock) as office:
        yield office
