"""One incident from a slash command to its end, by what people type and press; by HTTP and by
Socket Mode, with everything delivered."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.lifecycle import State
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.slack import Channel, Message, Slack
from tests.fakes.slack.spoken import spoken
from tests.slack.office import Office, buttons, opened


@pytest.fixture(params=["http", "socket"])
async def running(
    request: pytest.FixtureRequest, slack: Slack, sqlite_store: SqlStore, clock: FakeClock
) -> AsyncIterator[Office]:
    """All of the core turns: timers, delivery, Slack."""
    by_http = request.param == "http"
    async with opened(slack, sqlite_store, clock, by_http=by_http, delivers=True) as office:
        yield office


async def test_an_incident_from_a_command_to_its_end(running: Office) -> None:
    office, ann, ben = running, running.ann, running.ben
    await ann.command("/incident declare --severity P1 payments down", office.general)
    await ann.hears("#1 is open as P1.")
    room = await opens(office, "inc-1-payments-down")
    card = await stands(office, room, "payments down")

    await ben.join(room)
    await ben.hears("payments down")
    await ben.press("Acknowledge", card)
    await ben.hears("You have #1.")
    assert (await office.incident(1)).acknowledged_by == "ben"
    await office.delivered(lambda: "Acknowledge" not in buttons(card))

    await ben.mention("severity P0 it spreads", room)
    await ben.hears("#1 is P0 now.")
    await office.delivered(lambda: "P0" in spoken(card))

    await ann.command("/incident update", room)
    await ann.sees("muster:form")
    await ann.submit({"known": "the disk is full", "doing": "we make room"})
    await office.delivered(lambda: said(office, room, "the disk is full"))

    finding = await ben.say("it was the log rotation", room)
    office.clock.forward(minutes=3)
    await ben.pin(finding)
    await office.done()
    (note,) = await office.notes(1)
    assert (note.recorded_at - note.occurred_at).total_seconds() >= 180

    await ben.press("Resolve", card)
    await ben.sees("Resolve #1")
    await ben.submit({"notes": "rotated"})
    await ben.hears("#1 is resolved")
    await office.delivered(lambda: said(office, room, "esolved"))

    await ann.command("/incident close", room)
    await office.done()
    incident = await office.incident(1)
    assert incident.status is State.CLOSED
    assert incident.outcome == "fixed"
    assert [m for m in office.said_in(office.general) if m.thread_ts] == []


async def opens(office: Office, name: str) -> Channel:
    def there() -> bool:
        return any(c.name == name for c in office.slack.workspace.channels.values())

    await office.delivered(there)
    return office.slack.room(name)


async def stands(office: Office, room: Channel, words: str) -> Message:
    """The live card."""

    def cards() -> list[Message]:
        return [m for m in office.said_in(room) if words in spoken(m) and buttons(m)]

    await office.delivered(cards)
    return cards()[0]


def said(office: Office, room: Channel, words: str) -> bool:
    return any(words in spoken(message) for message in office.said_in(room))
