"""Once a day the digest channel lists what nobody was told of."""

from datetime import timedelta

from bot.domain.incident import Visibility
from bot.engine.digest import Digest
from tests.fakes.slack.state import Message
from tests.slack.outward.conftest import Office


def _said(office: Office) -> list[Message]:
    return office.slack.room("incidents").top_level()


async def _next_morning(office: Office) -> int:
    outpost = office.outpost
    outpost.clock.forward(days=1)
    digest = Digest(outpost.work, outpost.queries, outpost.announce.homes)
    count = await digest.queue(outpost.store.now())
    await outpost.deliver()
    return count


async def test_what_opened_quietly_is_listed_the_next_morning_once(office: Office) -> None:
    numbers = [await office.outpost.opens(f"disk {n} is half full", "P4") for n in range(2)]
    await office.outpost.deliver()
    assert _said(office) == [], "nobody was told of these"
    await _next_morning(office)
    (digest,) = _said(office)
    assert "2 quiet incidents, 06 January" in digest.text
    for number in numbers:
        assert f"https://muster.example/incidents/{number}" in digest.text
    outpost = office.outpost
    again = Digest(outpost.work, outpost.queries, outpost.announce.homes)
    await again.queue(outpost.store.now() + timedelta(hours=3))
    await outpost.deliver()
    assert len(_said(office)) == 1
    assert await _next_morning(office) == 0, "the day after there is nothing new"


async def test_what_is_private_or_was_told_is_not_in_it(office: Office) -> None:
    await office.outpost.opens("a secret", "P4", visibility=Visibility.PRIVATE)
    await office.outpost.opens("a thread", "P3")
    await office.outpost.deliver()
    assert await _next_morning(office) == 0
    assert not any("quiet" in message.text for message in _said(office))


async def test_a_storm_is_counted(office: Office) -> None:
    for n in range(40):
        await office.outpost.opens(f"disk {n} is half full", "P4")
    await _next_morning(office)
    (digest,) = _said(office)
    assert "40 quiet incidents" in digest.text
    assert "And 10 more" in digest.text
