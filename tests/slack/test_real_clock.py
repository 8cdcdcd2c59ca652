"""The same by the clock of the machine, which goes on between any two looks at it."""

from collections.abc import AsyncIterator

import pytest

from storage.clock import SystemClock
from storage.database import Database
from storage.store import SqlStore
from tests.databases import seeded_randomness
from tests.fakes.slack import slack_simulator
from tests.slack.office import Office, buttons, opened


@pytest.fixture
async def office(sqlite_database: Database) -> AsyncIterator[Office]:
    clock = SystemClock()
    store = SqlStore(sqlite_database, clock, randomness=seeded_randomness())
    async with (
        slack_simulator(clock) as slack,
        opened(slack, store, clock, by_http=False, delivers=True) as office,
    ):
        yield office


async def test_a_room_opens_with_its_card_and_the_card_is_edited_in_place(office: Office) -> None:
    await office.ann.command('/incident declare "payments down" --severity P1', office.general)

    def cards() -> list[str]:
        rooms = [c for c in office.slack.workspace.channels.values() if c.name.startswith("inc-1")]
        said = [m for room in rooms for m in office.said_in(room) if buttons(m)]
        return [repr(message.attachments) for message in said]

    await office.slack.until(lambda: len(cards()) == 1)
    await office.ann.command("/incident ack #1", office.general)
    await office.slack.until(lambda: "Acknowledged" in cards()[0])
    assert len(cards()) == 1
