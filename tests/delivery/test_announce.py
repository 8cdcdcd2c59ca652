"""What is queued at all: by capability, by the noise table, and for whoever subscribed."""

import asyncio

import pytest

from bot.domain.effect import Capabilities, EffectKind
from bot.domain.entry import EntryType
from bot.domain.incident import Visibility
from bot.domain.severity import Severity
from bot.engine.announce import Hook
from bot.engine.speaks import SPEAKS, Where
from bot.ports.queries import MUSTER
from storage.store import SqlStore
from tests.delivery.conftest import Outpost
from tests.fakes.chat_platform import PERMANENT, ChatPlatform
from tests.fakes.clock import FakeClock

EVERY = Hook("every", "https://hook.example/every")
STATES = Hook("states", "https://hook.example/states", frozenset({"acknowledged", "resolved"}))
TRUSTED = Hook("trusted", "https://hook.example/trusted", private=True)


@pytest.fixture
def hooked(sqlite_store: SqlStore, clock: FakeClock) -> Outpost:
    return Outpost(sqlite_store, clock, hooks=(EVERY, STATES, TRUSTED))


@pytest.mark.parametrize("left_out", ["OpenRoom", "Invite", "SetTopic", "EditCard", "Post"])
async def test_what_a_platform_cannot_do_is_never_queued(
    sqlite_store: SqlStore, clock: FakeClock, left_out: str
) -> None:
    kinds = ChatPlatform().capabilities.effects - {EffectKind(left_out)}
    outpost = Outpost(sqlite_store, clock, chat=ChatPlatform(Capabilities(kinds)))
    number = await outpost.opens("p99 over 2 s")
    await outpost.incidents.rename(number, "checkout is slow", outpost.ask())
    await outpost.incidents.ack(number, outpost.ask())
    assert await outpost.rows(kind=left_out) == []
    assert await outpost.rows(destination="chat") != []


def test_a_substitute_stands_in_where_there_is_one() -> None:
    can = Capabilities(frozenset({EffectKind.POST, EffectKind.DIRECT_MESSAGE}))
    assert can.choose(EffectKind.POST) is EffectKind.POST
    assert can.choose(EffectKind.EPHEMERAL) is EffectKind.DIRECT_MESSAGE
    assert can.choose(EffectKind.PIN) is EffectKind.POST
    assert can.choose(EffectKind.ADOPT_ROOM) is None
    assert can.choose(EffectKind.OPEN_ROOM) is None


async def test_without_a_platform_nothing_is_queued_but_pages(
    sqlite_store: SqlStore, clock: FakeClock
) -> None:
    outpost = Outpost(
        sqlite_store, clock, chat=ChatPlatform(Capabilities(frozenset(), rooms=False))
    )
    number = await outpost.opens("p99 over 2 s")
    await outpost.incidents.note(number, "looking", outpost.ask())
    assert {row["kind"] for row in await outpost.rows()} == {"Page"}


async def test_a_scripted_incident_keeps_to_the_noise_budget(outpost: Outpost) -> None:
    """BEHAVIOUR 4.1: notes, assignments and roles go to the thread, the channel stays readable."""
    number = await outpost.opens("p99 over 2 s")
    ben = outpost.ask("ben")
    await outpost.incidents.ack(number, ben)
    await outpost.incidents.role(number, "lead", "ben", ben)
    for role, person in (("scribe", "ann"), ("operations", "cara"), ("communications", "eva")):
        await outpost.incidents.role(number, role, person, ben)
    for n in range(10):
        await outpost.incidents.note(number, f"line {n}", ben)
    for n in range(3):
        await outpost.incidents.update(number, ben, known=f"update {n}")
    await outpost.incidents.assign(number, "cara", ben)
    await outpost.incidents.resolve(number, ben)
    posts = await outpost.rows(kind="Post", destination="chat")
    top = [row for row in posts if row["payload"]["where"] == "channel"]
    assert len(top) <= 12, [row["payload"] for row in top]
    assert len(posts) - len(top) == 14


def test_every_type_that_speaks_is_in_the_table() -> None:
    assert set(SPEAKS) <= set(EntryType)
    assert {EntryType.COMMENT_ADDED, EntryType.ASSIGNED, EntryType.ALERT_JOINED} <= {
        type for type, where in SPEAKS.items() if where is Where.THREAD
    }


# subscribers to the record


async def test_a_hook_is_told_of_the_types_it_asked_for(hooked: Outpost) -> None:
    number = await hooked.opens("p99 over 2 s")
    await hooked.incidents.ack(number, hooked.ask())
    await hooked.incidents.note(number, "looking", hooked.ask())
    await hooked.incidents.resolve(number, hooked.ask())
    await hooked.deliver_all(minutes=1)
    told = [h["entry"]["event_type"] for h in hooked.webhook.hooks if h["hook"] == "states"]
    assert told == ["acknowledged", "resolved"]
    every = [h["entry"]["seq"] for h in hooked.webhook.hooks if h["hook"] == "every"]
    assert every == sorted(every)
    assert len(every) == len(await hooked.queries.entries(number, MUSTER))


async def test_a_private_incident_is_told_only_to_a_hook_that_may(hooked: Outpost) -> None:
    number = await hooked.opens("secret breach", visibility=Visibility.PRIVATE)
    await hooked.incidents.ack(number, hooked.ask())
    await hooked.deliver()
    assert {h["hook"] for h in hooked.webhook.hooks} == {"trusted"}
    assert "secret" not in repr(hooked.webhook.hooks)


async def test_a_hook_that_refuses_everything_is_not_told_that_it_refused(hooked: Outpost) -> None:
    number = await hooked.opens("p99 over 2 s")
    hooked.webhook.broken[EffectKind.WEBHOOK] = PERMANENT
    async with asyncio.timeout(15):
        await hooked.deliver_all(minutes=5)
    failed = await hooked.entries(number, "notification_failed")
    assert len(failed) == len(hooked.webhook.calls) < 12


async def test_a_failed_page_is_told(hooked: Outpost) -> None:
    number = await hooked.opens("p99 over 2 s")
    hooked.web.faults.append(PERMANENT)
    await hooked.deliver()
    told = [h["entry"]["event_type"] for h in hooked.webhook.hooks if h["hook"] == "every"]
    assert "notification_failed" in told
    assert any("failed" in said for said in hooked.chat.room(number).said)


async def test_one_slow_hook_does_not_hold_back_the_others(hooked: Outpost) -> None:
    number = await hooked.opens("p99 over 2 s")
    await hooked.deliver()
    hooked.webhook.hooks.clear()
    rows = await hooked.rows(ordering="webhook:every")
    assert {row["state"] for row in rows} == {"done"}
    await hooked.incidents.severity(number, Severity.P0, hooked.ask())
    await hooked.deliver()
    assert {h["hook"] for h in hooked.webhook.hooks} == {"every", "trusted"}
