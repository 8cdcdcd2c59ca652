"""Afterwards in Slack: the draft in the thread, the publication in the room and for everybody."""

from bot.domain.incident import Visibility
from bot.domain.people import SYSTEM
from bot.engine.postmortem.drafting import redraft
from bot.ports.store import Lane, Unit
from tests.fakes.slack.spoken import spoken
from tests.slack.outward.conftest import Office


async def resolved(office: Office, **said: object) -> int:
    """An incident that is over and drafted."""
    outpost = office.outpost
    number = await outpost.opens("p99 over 2 s", **said)
    await outpost.incidents.ack(number, outpost.ask())
    await outpost.deliver_all(minutes=1)
    await outpost.incidents.resolve(number, outpost.ask(), text="rolled back")

    async def draft(unit: Unit) -> None:
        await redraft(unit, await unit.incident(number), SYSTEM, outpost.rules.policies)

    await outpost.work(draft, lane=Lane.TIMERS)
    await outpost.deliver_all(minutes=1)
    return number


async def test_the_draft_stands_in_the_thread_with_its_buttons(office: Office) -> None:
    number = await resolved(office)
    room = office.room(number)
    (draft,) = [m for m in room.messages.values() if "is drafted" in spoken(m)]
    assert draft not in room.top_level()
    assert "was done: rolled back" in spoken(draft)
    assert "Root cause" not in spoken(draft), "the summary only"
    assert "Edit the summary" in repr(draft.all_blocks)


async def test_it_is_published_to_the_room_to_everybody_and_to_people(office: Office) -> None:
    outpost = office.outpost
    number = await resolved(office)
    values = {"lessons_learned": "Set a limit.\nTest the limit."}
    await outpost.incidents.save_section(number, "lessons", values, outpost.ask("cara"))
    await outpost.incidents.publish_postmortem(number, outpost.ask("eva"), anyway=True)
    await outpost.deliver_all(minutes=1)
    room = [spoken(m) for m in office.room(number).top_level()]
    assert any("is published" in said and "Test the limit." in said for said in room)
    marks = {one["title"]: one["link"] for one in office.room(number).bookmarks.values()}
    assert marks["Postmortem"] == f"https://muster.example/incidents/{number}/postmortem"
    everybody = [spoken(m) for m in office.slack.room("announcements").top_level()]
    assert len(everybody) == 2, "the announcement, and the publication beside it"
    assert "Test the limit." in everybody[1]
    assert any("is published" in spoken(m) for m in office.direct("U0ANN"))


async def test_a_private_one_is_not_announced(office: Office) -> None:
    outpost = office.outpost
    number = await resolved(office, visibility=Visibility.PRIVATE, members=["ann", "eva"])
    before = len(office.slack.room("announcements").top_level())
    await outpost.incidents.publish_postmortem(number, outpost.ask("eva"), anyway=True)
    await outpost.deliver_all(minutes=1)
    assert len(office.slack.room("announcements").top_level()) == before
    told = [spoken(m) for m in office.direct("U0ANN")]
    assert not any("p99" in said for said in told)
