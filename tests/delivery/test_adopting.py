"""A channel that people had becomes the room of one incident, by constraint, where it lives."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.effect import EffectKind
from bot.domain.errors import Invalid
from bot.engine.acts.base import Ask
from bot.ports.existing import Existing
from bot.ports.store import Lane, Place, Unit
from storage.store import SqlStore
from tests.delivery.conftest import Outpost
from tests.fakes.chat_platform import EVERYTHING, ChatPlatform
from tests.fakes.clock import FakeClock

WAR_ROOM = Existing(channel="C7", name="payments-fire")


@pytest.fixture
def outpost(store: SqlStore, clock: FakeClock) -> Outpost:
    can = replace(EVERYTHING, effects=EVERYTHING.effects | {EffectKind.ADOPT_ROOM})
    return Outpost(store, clock, chat=ChatPlatform(can))


def _asks(outpost: Outpost, platform: str = "chat") -> Ask:
    ask = outpost.ask()
    return replace(ask, actor=replace(ask.actor, origin={"platform": platform, "room": "C7"}))


async def _declares(outpost: Outpost, title: str) -> int:
    done = await outpost.incidents.declare(_asks(outpost), title=title, here=WAR_ROOM)
    return done.incident.number


async def test_of_five_who_adopt_one_channel_at_once_one_wins_and_the_others_are_told(
    outpost: Outpost,
) -> None:
    came = await asyncio.gather(
        *(_declares(outpost, f"number {n}") for n in range(5)), return_exceptions=True
    )
    (won,) = [one for one in came if isinstance(one, int)]
    refused = [str(one) for one in came if isinstance(one, Invalid)]
    assert refused == [f"This channel is the room of #{won} already."] * 4
    assert len(await outpost.rows(kind=EffectKind.ADOPT_ROOM)) == 1


async def test_a_channel_that_was_given_back_may_be_adopted_again(outpost: Outpost) -> None:
    first = await _declares(outpost, "payments down")

    async def give_back(unit: Unit) -> None:
        address = {"id": "C7", "adopted": True, "archived": True}
        await unit.put_place(Place(incident=first, platform="chat", slot="room", address=address))
        for claimed in await unit.claim(10, lease=30):
            await unit.settle(claimed, state="done")

    await outpost.work(give_back, lane=Lane.DELIVERY)
    second = await _declares(outpost, "it is back")
    assert second != first
    with pytest.raises(Invalid, match=f"the room of #{second} already"):
        await _declares(outpost, "and again")


async def test_an_incident_that_lives_elsewhere_takes_no_channel_here(outpost: Outpost) -> None:
    with pytest.raises(Invalid, match="By its route this incident lives in Chat"):
        await outpost.incidents.declare(
            _asks(outpost, "slack"), title="payments down", here=WAR_ROOM
        )
    number = await outpost.opens("disk fills up", "P3", loudness="thread")
    with pytest.raises(Invalid, match="a channel of another platform cannot become its room"):
        await outpost.incidents.room(number, _asks(outpost, "slack"), here=WAR_ROOM)
    assert await outpost.rows(kind=EffectKind.ADOPT_ROOM) == []
