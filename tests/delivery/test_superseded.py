"""Pages that end unsent: the next step paged first, or their hour is over. Nobody is told a lie."""

from bot.domain.lifecycle import Action
from bot.ports.store import Lane, Unit
from tests.delivery.conftest import Outpost
from tests.fakes.chat_platform import TEMPORARY


async def unsent(outpost: Outpost, number: int) -> list[tuple[str, str]]:
    """(person, channel) of every page the record says was not sent."""
    failed = await outpost.entries(number, "notification_failed")
    return [(e.metadata["person"], e.metadata["channel"]) for e in failed]


async def steps(outpost: Outpost, state: str) -> list[tuple[str, str, str]]:
    rows = await outpost.rows(kind="Page", state=state)
    return [
        (row["payload"]["step"], row["payload"]["to"].removeprefix("person:"), row["destination"])
        for row in rows
    ]


async def manager_is_rung(outpost: Outpost, number: int) -> None:
    async def ring(unit: Unit) -> None:
        incident = await unit.incident(number)
        outpost.life.page_level(unit.ledger, incident, 0, ring=True, manager=True)

    await outpost.work(ring, lane=Lane.TIMERS)


async def test_the_next_step_ends_what_the_step_before_had_not_sent(both_outpost: Outpost) -> None:
    """Ann's second way was still to come when level 2 (Ann and Ben) was rung."""
    outpost = both_outpost
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver()
    outpost.clock.forward(seconds=30)
    await outpost.incidents.escalate(number, outpost.ask("ben"))
    await outpost.deliver_all(minutes=3)
    assert await steps(outpost, "expired") == [("1", "ann", "sms")]
    assert await unsent(outpost, number) == [("ann", "sms")]
    assert sorted(person for person, _ in outpost.sms.pages) == ["ann", "ben"]


async def test_it_is_said_in_the_thread_that_a_page_was_not_sent(outpost: Outpost) -> None:
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver()
    await outpost.incidents.escalate(number, outpost.ask("ben"))
    await outpost.deliver()
    told = [said for said in outpost.chat.room(number).said if "not sent in time" in said]
    assert len(told) == 1
    assert "Ann" in told[0]


async def test_a_step_that_is_being_tried_ends_when_the_next_one_pages(
    both_outpost: Outpost,
) -> None:
    outpost = both_outpost
    number = await outpost.opens("p99 over 2 s")
    outpost.web.faults.append(TEMPORARY)

    async def escalate(job: object) -> None:
        outpost.web.before = None
        await outpost.incidents.escalate(number, outpost.ask("ben"))

    outpost.web.before = escalate
    await outpost.deliver()
    assert sorted(await unsent(outpost, number)) == [("ann", "sms"), ("ann", "web")]
    assert sorted(person for person, _ in outpost.web.pages) == ["ann", "ben"]
    assert ("1", "ann", "web") in await steps(outpost, "expired")


async def test_two_steps_decided_at_once_ring_the_last_one(outpost: Outpost) -> None:
    """After an outage the acknowledge and the resolve clock are due in one sweep."""
    number = await outpost.opens("p99 over 2 s")

    async def both(unit: Unit) -> None:
        incident = await unit.incident(number)
        for level in (2, 3):
            outpost.life.escalate_by_clock(unit.ledger, incident, level, why="late")

    await outpost.work(both, lane=Lane.TIMERS)
    await outpost.deliver_all(minutes=2)
    assert {step for step, _, _ in await steps(outpost, "done")} == {"3"}
    assert {step for step, _, _ in await steps(outpost, "expired")} == {"1", "2"}


async def test_what_a_person_rang_by_hand_is_ended_by_no_step(outpost: Outpost) -> None:
    number = await outpost.opens("p99 over 2 s")
    await outpost.incidents.page(number, ["cara"], outpost.ask())
    await outpost.incidents.escalate(number, outpost.ask("ben"))
    await outpost.deliver_all(minutes=2)
    assert "cara" in [person for person, _ in outpost.web.pages]
    assert "cara" in [person for person, _ in outpost.sms.pages]


async def test_the_manager_is_rung_beside_the_levels(outpost: Outpost) -> None:
    """The manager's clock replaces nobody, and no level replaces the manager."""
    number = await outpost.opens("p99 over 2 s")
    await manager_is_rung(outpost, number)
    await outpost.incidents.escalate(number, outpost.ask("ben"))
    await outpost.deliver_all(minutes=2)
    assert ("eva", "web") not in await unsent(outpost, number)
    assert "eva" in [person for person, _ in outpost.web.pages]
    assert {step for step, _, _ in await steps(outpost, "expired")} == {"1"}


async def test_a_level_is_not_ended_by_the_manager(outpost: Outpost) -> None:
    number = await outpost.opens("p99 over 2 s")
    await manager_is_rung(outpost, number)
    await outpost.deliver_all(minutes=2)
    assert await unsent(outpost, number) == []
    assert {"ann", "eva"} == {person for person, _ in outpost.sms.pages}


async def test_a_page_whose_hour_is_over_is_on_the_record(both_outpost: Outpost) -> None:
    outpost = both_outpost
    number = await outpost.opens("p99 over 2 s")
    outpost.clock.forward(hours=1, minutes=2)
    await outpost.deliver()
    assert outpost.web.pages == []
    assert sorted(await unsent(outpost, number)) == [("ann", "sms"), ("ann", "web")]
    assert set(await outpost.states(kind="Page")) == {"expired"}


async def test_a_released_incident_ends_no_page_of_the_new_round(outpost: Outpost) -> None:
    number = await outpost.opens("p99 over 2 s")
    await outpost.incidents.ack(number, outpost.ask())
    await outpost.incidents.act(number, Action.RELEASE, outpost.ask())
    await outpost.deliver_all(minutes=2)
    assert [person for person, _ in outpost.web.pages] == ["ann"]
    assert [person for person, _ in outpost.sms.pages] == ["ann"]
