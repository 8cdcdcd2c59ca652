"""One short post for each incident with a room, edited in place."""

from bot.domain.incident import Visibility
from tests.fakes.slack.faults import refuses
from tests.slack.outward.conftest import Office


def _posts(office: Office) -> list[str]:
    messages = office.slack.room("announcements").top_level()
    return [repr((m.text, m.all_blocks)) for m in messages]


async def test_one_post_follows_the_incident(office: Office) -> None:
    outpost = office.outpost
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver_all(minutes=1)
    (post,) = _posts(office)
    assert f"Room: <#{office.room(number).id}>" in post
    assert "'actions'" not in post, "it is for reading"
    await outpost.incidents.ack(number, outpost.ask())
    await outpost.incidents.update(number, outpost.ask(), known="the cache is cold")
    await outpost.deliver_all(minutes=1)
    (post,) = _posts(office)
    assert "Acknowledged" in post
    assert "the cache is cold" in post


async def test_small_talk_does_not_touch_it(office: Office) -> None:
    outpost = office.outpost
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver_all(minutes=1)
    for n in range(3):
        await outpost.incidents.note(number, f"line {n}", outpost.ask())
    await outpost.deliver_all(minutes=1)
    (message,) = office.slack.room("announcements").top_level()
    assert message.was == []


async def test_a_thread_is_not_announced(office: Office) -> None:
    await office.outpost.opens("disk fills up", "P3")
    await office.outpost.deliver_all(minutes=1)
    assert _posts(office) == []


async def test_a_private_incident_is_a_number(office: Office) -> None:
    number = await office.outpost.opens("secret breach", visibility=Visibility.PRIVATE)
    await office.outpost.incidents.ack(number, office.outpost.ask())
    await office.outpost.deliver_all(minutes=1)
    (post,) = _posts(office)
    assert f"#{number}" in post
    assert "secret" not in post
    assert office.room(number).id not in post


async def test_a_channel_that_refuses_announcements_does_not_disturb_the_room(
    office: Office,
) -> None:
    del office.slack.workspace.channels[office.slack.room("announcements").id]
    number = await office.outpost.opens("p99 over 2 s")
    await office.outpost.deliver_all(minutes=1)
    office.slack.faults.add("chat.update", refuses("message_not_found"))
    await office.outpost.incidents.ack(number, office.outpost.ask())
    await office.outpost.deliver_all(minutes=1)
    assert len(office.cards(number)) == 2
    (failed,) = await office.outpost.entries(number, "notification_failed")
    assert "#announcements" in failed.text
