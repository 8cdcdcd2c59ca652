"""Slack is away for a while: the incident goes on, and one post catches up."""

from tests.fakes.slack.faults import LOST_ANSWER, RESET, broken
from tests.slack.outward.conftest import Office


async def test_what_happened_meanwhile_is_said_in_one(office: Office) -> None:
    outpost = office.outpost
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver_all(minutes=1)
    before = len(office.room(number).top_level())
    office.slack.faults.everything = broken(503)
    await outpost.incidents.ack(number, outpost.ask())
    await outpost.deliver_all(minutes=3)
    for n in range(5):
        await outpost.incidents.note(number, f"note {n} <!channel>", outpost.ask())
    await outpost.incidents.update(number, outpost.ask(), known="the cache is cold")
    await outpost.deliver_all(minutes=20)
    office.slack.faults.everything = None
    await outpost.deliver_all(minutes=10)
    room = office.room(number)
    (catch_up,) = room.top_level()[before:]
    assert "<!channel>" not in repr(catch_up.blocks)
    lines = ["Ann Olsen has it", *(f"note {n}" for n in range(5)), "the cache is cold"]
    places = [catch_up.text.index(line) for line in lines]
    assert places == sorted(places)
    assert office.thread(number) == []
    assert "Acknowledged" in repr(office.cards(number)[0].attachments)
    assert await outpost.states(state="pending", destination="chat") == []


async def test_a_catch_up_whose_answer_was_lost_is_completed_in_place(office: Office) -> None:
    outpost = office.outpost
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver_all(minutes=1)
    before = len(office.room(number).top_level())
    office.slack.faults.everything = RESET
    for n in range(3):
        await outpost.incidents.note(number, f"note {n}", outpost.ask())
    await outpost.deliver_all(minutes=6)
    office.slack.faults.everything = None
    office.slack.faults.always["chat.postMessage"] = LOST_ANSWER
    office.slack.faults.always["conversations.history"] = RESET
    await outpost.deliver_all(minutes=6)
    await outpost.incidents.note(number, "note 3", outpost.ask())
    office.slack.faults.clear()
    await outpost.deliver_all(minutes=10)
    (catch_up,) = office.room(number).top_level()[before:]
    assert [f"note {n}" in catch_up.text for n in range(4)] == [True] * 4


async def test_a_short_hiccup_is_no_reason_to_say_things_in_one(office: Office) -> None:
    outpost = office.outpost
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver_all(minutes=1)
    office.slack.faults.everything = broken(503)
    for n in range(3):
        await outpost.incidents.note(number, f"note {n}", outpost.ask())
    await outpost.deliver()
    office.slack.faults.everything = None
    await outpost.deliver_all(minutes=3)
    assert len(office.thread(number)) == 3
