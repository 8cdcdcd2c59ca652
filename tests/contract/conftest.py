"""A record to tamper with."""

import pytest

from bot.domain.entry import EntryType
from bot.domain.lifecycle import State
from bot.domain.severity import Severity
from storage.checkpoints import checkpoint
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.records import enter, open_incident, system_entry
from tests.tampering import KEY


@pytest.fixture
async def number(store: SqlStore, clock: FakeClock) -> int:
    """An incident of four entries among two others, checkpointed; the second has one more since."""
    await open_incident(store, "Another one")
    number = await open_incident(store)
    clock.forward(minutes=1)
    await enter(store, number, EntryType.ACKNOWLEDGED, status=State.ACKNOWLEDGED)
    await enter(store, number, text="It is the pool.")
    await enter(store, number, EntryType.SEVERITY_CHANGED, severity=Severity.P0)
    other = await open_incident(store, "A third one")
    await system_entry(store, "Refused ben.")
    assert await checkpoint(store, KEY) is not None
    clock.forward(minutes=1)
    await enter(store, other, text="Later.")
    return number
