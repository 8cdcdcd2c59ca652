"""Days after the end a room is archived by its timer, and what is reopened then goes on anew."""

from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.slack import Slack
from tests.fakes.slack.spoken import spoken
from tests.slack.office import Office, buttons, opened


async def test_seven_days_after_closing_and_back_again(
    slack: Slack, sqlite_store: SqlStore, clock: FakeClock
) -> None:
    async with opened(slack, sqlite_store, clock, by_http=True, delivers=True) as office:
        await office.ann.command("/incident declare payments down", office.general)
        await office.delivered(lambda: _named(office, "inc-1-payments-down"))
        room = slack.room("inc-1-payments-down")
        await office.delivered(lambda: any(buttons(m) for m in room.top_level()))
        for said in ("resolve #1 fixed", "close #1"):
            await office.ann.command(f"/incident {said}", office.general)
            await office.done()
        await _days(office, 6)
        assert not room.is_archived
        await _days(office, 1)
        await office.delivered(lambda: room.is_archived)

        await office.ann.command("/incident reopen #1 it is back", office.general)
        await office.done()
        await office.delivered(lambda: _named(office, "inc-1-payments-down-2"))
        again = slack.room("inc-1-payments-down-2")
        await office.delivered(lambda: office.ann.id in again.members)
        await office.delivered(lambda: any("reopened" in spoken(m) for m in again.top_level()))
        assert room.is_archived
        await office.ann.command("/incident ack", again)
        await office.done()
        assert (await office.incident(1)).acknowledged_by == "ann"


async def test_a_forgotten_test_is_archived_after_a_day(
    slack: Slack, sqlite_store: SqlStore, clock: FakeClock
) -> None:
    async with opened(slack, sqlite_store, clock, by_http=True, delivers=True) as office:
        await office.ann.command("/incident declare only a try --test", office.general)
        await office.delivered(lambda: _named(office, "inc-1-only-a-try"))
        room = slack.room("inc-1-only-a-try")
        await office.delivered(lambda: any(buttons(m) for m in room.top_level()))
        assert not room.is_archived
        await _days(office, 1)
        await office.delivered(lambda: room.is_archived)


def _named(office: Office, name: str) -> bool:
    return any(channel.name == name for channel in office.slack.workspace.channels.values())


async def _days(office: Office, days: int) -> None:
    """Time passes, and everything that is due by then is decided and done."""
    office.clock.forward(days=days)
    office.muster.engine.timers.look()
    for _ in range(3):
        office.clock.forward(seconds=1)
        await office.slack.settled()
