"""A room and its one live card: in order, as of now, with what was before struck through."""

import asyncio

from bot.domain.incident import Visibility
from bot.domain.lifecycle import Action
from bot.domain.people import source_actor
from bot.domain.severity import Severity
from bot.engine.incidents import Incidents
from bot.ports.channel import Job
from bot.ports.store import Claimed, Lane, Unit
from tests.delivery.conftest import Outpost
from tests.fakes.chat_platform import DIGEST, PERMANENT, TEMPORARY


async def test_a_room_is_opened_before_anything_is_said_in_it(both_outpost: Outpost) -> None:
    number = await both_outpost.opens("p99 over 2 s")
    await both_outpost.incidents.note(number, "looking", both_outpost.ask())
    await both_outpost.deliver()
    kinds = both_outpost.chat.kinds(number)
    assert kinds[:4] == ["OpenRoom", "Post", "Invite", "Post"]
    room = both_outpost.chat.room(number)
    assert (room.people, len(room.cards), len(room.said)) == (["ann"], 1, 1)


async def test_the_most_severe_incident_goes_first(both_outpost: Outpost) -> None:
    for severity in ("P3", "P2", "P0", "P1"):
        await both_outpost.opens(f"a {severity}", severity)

    async def claim(unit: Unit) -> list[Claimed]:
        return await unit.claim(1, lease=60, busy=["web", "sms"])

    claims = [await both_outpost.store.transact(claim, lane=Lane.DELIVERY) for _ in range(5)]
    assert [c.effects[0].incident for claimed in claims for c in claimed] == [3, 4, 2, 1]


async def test_what_was_said_stays_in_its_order(outpost: Outpost) -> None:
    number = await outpost.opens("p99 over 2 s")
    for n in range(5):
        await outpost.incidents.note(number, f"line {n}", outpost.ask())
    await outpost.deliver()
    said = [text.split("line ")[1][0] for text in outpost.chat.room(number).said]
    assert said == ["0", "1", "2", "3", "4"]


async def test_an_edit_shows_the_latest_state_and_the_old_value(outpost: Outpost) -> None:
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver()
    await outpost.incidents.ack(number, outpost.ask())
    await outpost.deliver()
    assert "State: Acknowledged (was New)" in outpost.chat.card(number)


async def test_edits_that_were_overtaken_are_skipped(outpost: Outpost) -> None:
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver()
    await outpost.incidents.ack(number, outpost.ask())
    await outpost.incidents.rename(number, "checkout is slow", outpost.ask())
    await outpost.incidents.resolve(number, outpost.ask())
    await outpost.deliver()
    assert outpost.chat.kinds(number).count("EditCard") == 1
    card = outpost.chat.card(number)
    assert "checkout is slow" in card
    assert "State: Resolved (was New)" in card, "compared with the last delivered card"


async def test_a_page_that_went_out_does_not_wipe_out_what_was_struck_through(
    outpost: Outpost,
) -> None:
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver()
    await outpost.incidents.severity(number, Severity.P0, outpost.ask("ben"))
    await outpost.deliver_all(minutes=1)
    assert "Severity: P0 critical (was P1 high)" in outpost.chat.card(number)


async def test_what_happens_during_an_edit_is_shown_by_the_next(outpost: Outpost) -> None:
    """The card as it was sent is what the next one is compared with."""
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver()
    await outpost.incidents.ack(number, outpost.ask())
    outpost.chat.before = _once(outpost.incidents, number, outpost)
    await outpost.deliver()
    assert "State: Resolved (was Acknowledged)" in outpost.chat.card(number)


def _once(incidents: Incidents, number: int, outpost: Outpost):  # type: ignore[no-untyped-def]
    async def resolve(job: Job) -> None:
        if job.kind == "EditCard":
            outpost.chat.before = None
            await incidents.resolve(number, outpost.ask())

    return resolve


async def test_a_failing_post_holds_back_its_room_and_no_other(both_outpost: Outpost) -> None:
    one, two = await both_outpost.opens("one"), await both_outpost.opens("two")
    await both_outpost.deliver()
    both_outpost.chat.broken[one] = TEMPORARY
    for number in (one, two):
        await both_outpost.incidents.note(number, "first", both_outpost.ask())
        await both_outpost.incidents.note(number, "second", both_outpost.ask())
    await both_outpost.deliver()
    assert len(both_outpost.chat.room(two).said) == 2
    assert both_outpost.chat.room(one).said == []
    del both_outpost.chat.broken[one]
    await both_outpost.deliver_all(minutes=5)
    assert ["first" in said for said in both_outpost.chat.room(one).said] == [True, False]


async def test_a_lasting_refusal_is_an_entry_and_the_next_one_goes_on(outpost: Outpost) -> None:
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver()
    await outpost.incidents.note(number, "first", outpost.ask())
    await outpost.incidents.note(number, "second", outpost.ask())
    outpost.chat.faults.append(PERMANENT)
    await outpost.deliver()
    assert ["second" in said for said in outpost.chat.room(number).said] == [True]
    (failed,) = await outpost.entries(number, "notification_failed")
    assert (failed.metadata["channel"], failed.metadata["kind"]) == ("chat", "Post")


async def test_a_platform_that_refuses_everything_is_not_told_that_it_refused(
    outpost: Outpost,
) -> None:
    """Telling it would fail as well, and so on for ever."""
    number = await outpost.opens("p99 over 2 s")
    for kind in outpost.chat.capabilities.effects:
        outpost.chat.broken[kind] = PERMANENT
    async with asyncio.timeout(15):
        await outpost.deliver_all(minutes=10)
    assert len(outpost.chat.calls) < 10
    assert len(await outpost.entries(number, "notification_failed")) == len(outpost.chat.calls)


async def test_a_room_that_cannot_be_opened_moves_to_the_digest(outpost: Outpost) -> None:
    outpost.chat.faults.append(PERMANENT)
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver()
    await outpost.incidents.ack(number, outpost.ask())
    await outpost.deliver()
    digest = outpost.chat.rooms[DIGEST]
    assert len(digest.cards) == 1
    assert "State: Acknowledged (was New)" in outpost.chat.card(number)
    assert await outpost.states(state="pending", destination="chat") == []


async def test_a_private_incident_without_a_room_is_a_number_in_the_digest(
    outpost: Outpost,
) -> None:
    outpost.chat.faults.append(PERMANENT)
    number = await outpost.opens("secret breach", visibility=Visibility.PRIVATE)
    await outpost.incidents.note(number, "it was him", outpost.ask())
    await outpost.deliver()
    digest = outpost.chat.rooms[DIGEST]
    told = "\n".join([*digest.cards.values(), *digest.said])
    assert f"#{number}" in told
    assert "secret" not in told
    assert "him" not in told


async def test_raising_a_thread_opens_the_room_and_keeps_one_card(outpost: Outpost) -> None:
    number = await outpost.opens("disk fills up", "P3")
    await outpost.deliver()
    assert "OpenRoom" not in outpost.chat.kinds(number)
    await outpost.incidents.severity(number, Severity.P1, outpost.ask())
    await outpost.deliver()
    assert outpost.chat.kinds(number).count("OpenRoom") == 1


async def test_a_quiet_incident_says_nothing_in_any_room(outpost: Outpost) -> None:
    number = await outpost.opens("just so you know", "P4")
    await outpost.incidents.ack(number, outpost.ask())
    await outpost.incidents.note(number, "fine", outpost.ask())
    await outpost.deliver()
    assert outpost.chat.calls == []


async def test_the_topic_follows_the_title_and_the_severity_also_when_taken_back(
    outpost: Outpost,
) -> None:
    number = await outpost.opens("p99 over 2 s")
    await outpost.incidents.rename(number, "checkout is slow", outpost.ask())
    await outpost.incidents.undo(number, outpost.ask())
    await outpost.deliver()
    assert outpost.chat.room(number).topics == 2


def invited(outpost: Outpost, number: int) -> list[list[str]]:
    """The people of each invitation, in order."""
    return [
        sorted(job.payload["people"])
        for job in outpost.chat.calls
        if job.kind == "Invite" and job.incident == number
    ]


async def test_who_is_paged_later_is_invited_then_and_once(both_outpost: Outpost) -> None:
    outpost = both_outpost
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver()
    await outpost.incidents.escalate(number, outpost.ask("ben"))
    await outpost.deliver()
    await outpost.incidents.page(number, ["cara", "ann"], outpost.ask())
    await outpost.deliver()
    assert invited(outpost, number) == [["ann"], ["ben"], ["cara"]]


async def test_who_is_rung_again_after_a_refire_is_in_the_room_already(outpost: Outpost) -> None:
    number = await outpost.opens("p99 over 2 s")
    await outpost.incidents.resolve(number, outpost.ask("ben"))

    async def refire(unit: Unit) -> None:
        incident = await unit.incident(number)
        outpost.life.act(unit.ledger, incident, Action.REFIRE, source_actor("prometheus"))

    await outpost.work(refire, lane=Lane.INTAKE)
    await outpost.deliver()
    assert (await outpost.incident(number)).paged == ["ann"]
    assert invited(outpost, number) == [["ann"], ["ben"]], "and who had a part in it"


async def test_everybody_paged_before_is_invited_when_the_room_opens(outpost: Outpost) -> None:
    number = await outpost.opens("disk fills up", "P3")
    await outpost.incidents.page(number, ["cara"], outpost.ask())
    await outpost.deliver()
    assert invited(outpost, number) == []
    await outpost.incidents.severity(number, Severity.P1, outpost.ask("ben"))
    await outpost.deliver()
    assert invited(outpost, number) == [["ann", "cara"]]


async def test_a_room_that_rings_nobody_invites_nobody(outpost: Outpost) -> None:
    number = await outpost.opens("queue grows", "P2")
    await outpost.deliver()
    assert outpost.chat.kinds(number) == ["OpenRoom", "Post"]
