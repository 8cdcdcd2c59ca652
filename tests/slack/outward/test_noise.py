"""A channel hears as much as it wants to: by policy, and by what somebody chose there."""

import pytest

from bot.domain.noise import Noise
from bot.domain.severity import Severity
from bot.ports.store import Lane, Unit
from tests.fakes.slack.faults import broken
from tests.slack.outward.conftest import Office, policies

TEAM = {"members": ["ann", "ben"], "manager": "eva", "schedule": "payments"}

HEARD = {
    Noise.ALL: ["has it", "P0", "the cache is cold", "resolved it", "restarted it"],
    Noise.HIGHLIGHTS: ["has it", "P0", "the cache is cold", "resolved it"],
    Noise.STATUS: ["P0", "the cache is cold", "resolved it"],
    Noise.NONE: [],
}


async def _happens(office: Office, number: int) -> None:
    incidents, ask = office.outpost.incidents, office.outpost.ask()
    await incidents.ack(number, ask)
    await incidents.severity(number, Severity.P0, ask)
    await incidents.note(number, "restarted it", ask)
    await incidents.update(number, ask, known="the cache is cold")
    await incidents.resolve(number, ask)


async def _chosen(office: Office, channel: str, noise: Noise | None) -> None:
    async def choose(unit: Unit) -> None:
        await unit.set_noise("chat", channel, noise)

    await office.outpost.work(choose, lane=Lane.COMMANDS)


def _heard(office: Office, number: int) -> set[str]:
    said = "\n".join(office.heard(number))
    return {words for words in HEARD[Noise.ALL] if words in said}


@pytest.mark.parametrize("noise", Noise)
async def test_each_says_less_than_the_one_before_it(office: Office, noise: Noise) -> None:
    office.outpost.rules.swap(policies(teams={"payments": {**TEAM, "noise": str(noise)}}))
    number = await office.outpost.opens("p99 over 2 s")
    await office.outpost.deliver()
    await _happens(office, number)
    await office.outpost.deliver_all(minutes=1)
    assert _heard(office, number) == set(HEARD[noise])
    (card,) = office.cards(number)
    assert "Resolved" in repr(card.attachments), "the card is kept whatever is chosen"
    assert await office.outpost.states(state="pending", destination="chat") == []


async def test_what_was_chosen_in_the_channel_goes_before_the_policy(office: Office) -> None:
    office.outpost.rules.swap(policies(teams={"payments": {**TEAM, "noise": "none"}}))
    number = await office.outpost.opens("p99 over 2 s")
    await office.outpost.deliver()
    await _chosen(office, office.room(number).id, Noise.STATUS)
    await _happens(office, number)
    await office.outpost.deliver_all(minutes=1)
    assert _heard(office, number) == set(HEARD[Noise.STATUS])
    await _chosen(office, office.room(number).id, None)
    before = len(office.heard(number))
    await office.outpost.incidents.update(number, office.outpost.ask(), known="and again")
    await office.outpost.deliver_all(minutes=1)
    assert len(office.heard(number)) == before, "given back to the policy"


async def test_the_channel_of_a_thread_has_its_own(office: Office) -> None:
    await _chosen(office, office.slack.room("incidents").id, Noise.STATUS)
    number = await office.outpost.opens("disk fills up", "P3")
    await office.outpost.incidents.ack(number, office.outpost.ask())
    await office.outpost.incidents.update(number, office.outpost.ask(), known="half full")
    await office.outpost.deliver()
    (line,) = office.thread(number)
    assert "half full" in line


async def test_what_is_caught_up_on_is_no_louder(office: Office) -> None:
    outpost = office.outpost
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver_all(minutes=1)
    await _chosen(office, office.room(number).id, Noise.STATUS)
    before = len(office.room(number).top_level())
    office.slack.faults.everything = broken(503)
    await outpost.incidents.update(number, outpost.ask(), known="the cache is cold")
    await outpost.deliver_all(minutes=10)
    for n in range(3):
        await outpost.incidents.note(number, f"note {n}", outpost.ask())
    await outpost.incidents.update(number, outpost.ask(), known="it is warm")
    office.slack.faults.everything = None
    await outpost.deliver_all(minutes=10)
    said = "\n".join(m.text for m in office.room(number).top_level()[before:])
    assert "the cache is cold" in said
    assert "it is warm" in said
    assert "note" not in said
