"""What is handled in a thread, and the one press that turns it into a room."""

from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.slack import Channel, Slack
from tests.fakes.slack.spoken import spoken
from tests.slack.office import Office, buttons, opened


async def test_one_press_turns_a_thread_into_a_room(
    slack: Slack, sqlite_store: SqlStore, clock: FakeClock
) -> None:
    digest = slack.add_channel("incidents")
    settings = {"DIGEST_CHANNEL": "#incidents"}
    async with opened(
        slack, sqlite_store, clock, by_http=True, delivers=True, configured=settings
    ) as office:
        digest.members.append(office.ann.id)
        await office.ann.command("/incident declare disk fills up --severity P3", office.general)
        await office.delivered(lambda: any(buttons(m) for m in digest.top_level()))
        (card,) = digest.top_level()
        assert buttons(card)[-1] == "Open a room"
        await office.ann.press("Open a room", card)
        await office.ann.hears("#1 gets a room of its own.")
        await office.delivered(lambda: _rooms(office))
        (room,) = _rooms(office)
        await office.delivered(lambda: any(buttons(m) for m in room.top_level()))
        (moved,) = (m for m in room.top_level() if buttons(m))
        assert "Open a room" not in buttons(moved)
        await office.delivered(lambda: f"is handled in <#{room.id}>" in spoken(card))
        await office.delivered(lambda: room.members.count(office.ann.id) == 1)


def _rooms(office: Office) -> list[Channel]:
    channels = office.slack.workspace.channels.values()
    return [channel for channel in channels if channel.name == "inc-1-disk-fills-up"]
