"""Pages: one way after another, bundled, the worst first, none after the acknowledgement."""

from datetime import timedelta

from bot.domain.policy import Target, TargetKind
from bot.domain.severity import Severity
from bot.engine.paging import PAGE_LIVES, Reached
from bot.ports.channel import Job
from bot.ports.store import Lane, Unit
from tests.delivery.conftest import Outpost
from tests.fakes.chat_platform import PERMANENT, TEMPORARY


def rung(outpost: Outpost) -> list[str]:
    """The lines Ann was paged with, by her first way."""
    return [line for person, line in outpost.web.pages if person == "ann"]


async def test_the_second_way_follows_after_a_minute(both_outpost: Outpost) -> None:
    await both_outpost.opens("p99 over 2 s", service="payments")
    await both_outpost.deliver()
    assert both_outpost.web.pages == [("ann", "P1 payments: p99 over 2 s #1")]
    both_outpost.clock.forward(seconds=59)
    await both_outpost.deliver()
    assert both_outpost.sms.pages == []
    both_outpost.clock.forward(seconds=1)
    await both_outpost.deliver()
    assert both_outpost.sms.pages == both_outpost.web.pages


async def test_the_second_way_follows_at_once_when_the_first_fails_for_good(
    both_outpost: Outpost,
) -> None:
    number = await both_outpost.opens("p99 over 2 s")
    both_outpost.web.faults.append(PERMANENT)
    await both_outpost.deliver()
    assert [person for person, _ in both_outpost.sms.pages] == ["ann"]
    (failed,) = await both_outpost.entries(number, "notification_failed")
    assert (failed.metadata["person"], failed.metadata["channel"]) == ("ann", "web")


async def test_a_page_that_went_out_is_on_the_record(outpost: Outpost) -> None:
    number = await outpost.opens("p99 over 2 s")
    await outpost.deliver()
    (sent,) = await outpost.entries(number, "notification_sent")
    assert (sent.metadata["person"], sent.metadata["channel"]) == ("ann", "web")


async def test_an_acknowledgement_takes_back_what_has_not_begun(both_outpost: Outpost) -> None:
    number = await both_outpost.opens("p99 over 2 s")
    await both_outpost.incidents.ack(number, both_outpost.ask())
    await both_outpost.deliver_all(minutes=3)
    assert both_outpost.web.pages == both_outpost.sms.pages == []
    assert set(await both_outpost.states(kind="Page")) == {"withdrawn"}


async def test_a_page_is_not_tried_again_after_the_acknowledgement(both_outpost: Outpost) -> None:
    number = await both_outpost.opens("p99 over 2 s")
    both_outpost.web.faults.append(TEMPORARY)

    async def acknowledge(job: Job) -> None:
        both_outpost.web.before = None
        await both_outpost.incidents.ack(number, both_outpost.ask())

    both_outpost.web.before = acknowledge
    await both_outpost.deliver_all(minutes=3)
    assert len(both_outpost.web.calls) == 1
    assert both_outpost.web.pages == both_outpost.sms.pages == []
    assert set(await both_outpost.states(kind="Page")) == {"withdrawn"}
    assert await both_outpost.entries(number, "notification_failed") == []


async def test_pages_of_one_minute_are_one_page_most_severe_first(both_outpost: Outpost) -> None:
    await both_outpost.opens("one", "P1")
    await both_outpost.deliver()
    for title, severity in (("two", "P1"), ("three", "P1")):
        await both_outpost.opens(title, severity)
    await both_outpost.deliver()
    assert rung(both_outpost) == ["P1 one #1"]
    both_outpost.clock.forward(seconds=60)
    await both_outpost.deliver()
    assert rung(both_outpost) == ["P1 one #1", "P1 two #2 and 1 more"]


async def test_together_the_worst_stands_first(outpost: Outpost) -> None:
    for title, severity in (("bad", "P1"), ("worst", "P0")):
        await outpost.opens(title, severity)
    await outpost.deliver()
    assert rung(outpost) == ["P0 worst #2 and 1 more"]


async def test_a_more_severe_one_goes_at_once(both_outpost: Outpost) -> None:
    await both_outpost.opens("bad", "P1")
    await both_outpost.deliver()
    await both_outpost.opens("worst", "P0")
    await both_outpost.deliver()
    assert rung(both_outpost) == ["P1 bad #1", "P0 worst #2"]


async def test_a_more_severe_one_does_not_wait_behind_one_that_is_held(
    both_outpost: Outpost,
) -> None:
    for title in ("bad", "as bad"):
        await both_outpost.opens(title, "P1")
        await both_outpost.deliver()
    await both_outpost.opens("worst", "P0")
    await both_outpost.deliver()
    assert rung(both_outpost) == ["P1 bad #1", "P0 worst #3 and 1 more"]


async def test_a_more_severe_one_waits_for_the_call_under_way(both_outpost: Outpost) -> None:
    """One call to a person by one way at a time, whichever replica makes it."""
    await both_outpost.opens("p99 over 2 s", "P1")
    under_way = await both_outpost.delivery._claim(16)
    keys = {claimed.effects[0].ordering for claimed in under_way}
    assert any(effect.kind == "Page" for claimed in under_way for effect in claimed.effects)
    await both_outpost.opens("everything is down", "P0")

    other = both_outpost.deliverer(both_outpost.another_store())
    assert keys.isdisjoint(claimed.effects[0].ordering for claimed in await other._claim(16))

    for claimed in under_way:
        await both_outpost.delivery.sending(claimed)
    await other.drain()
    assert rung(both_outpost) == ["P1 p99 over 2 s #1", "P0 everything is down #2"]


async def test_two_people_do_not_wait_for_each_other(outpost: Outpost) -> None:
    number = await outpost.opens("bad", "P1")
    await outpost.deliver()
    await outpost.incidents.escalate(number, outpost.ask("ann"))
    await outpost.deliver()
    assert [person for person, _ in outpost.web.pages] == ["ann", "ben"]


async def test_what_was_acknowledged_meanwhile_is_not_in_the_bundle(both_outpost: Outpost) -> None:
    one = await both_outpost.opens("one", "P0")
    await both_outpost.opens("two", "P1")
    both_outpost.web.faults.append(TEMPORARY)

    async def acknowledge(job: Job) -> None:
        both_outpost.web.before = None
        await both_outpost.incidents.ack(one, both_outpost.ask("ben"))

    both_outpost.web.before = acknowledge
    await both_outpost.deliver()
    assert rung(both_outpost) == ["P1 two #2"]
    assert await both_outpost.entries(one, "notification_sent") == []
    assert len(await both_outpost.entries(2, "notification_sent")) == 1


async def test_a_page_that_nobody_takes_is_given_up(outpost: Outpost) -> None:
    await outpost.opens("p99 over 2 s")
    outpost.clock.forward(hours=1, minutes=2)
    assert timedelta(hours=1) == PAGE_LIVES
    await outpost.deliver()
    assert outpost.web.pages == []
    assert "expired" in await outpost.states(kind="Page")


async def test_lowering_the_severity_takes_pages_back(outpost: Outpost) -> None:
    number = await outpost.opens("p99 over 2 s")
    await outpost.incidents.severity(number, Severity.P3, outpost.ask())
    await outpost.deliver_all(minutes=2)
    assert outpost.web.pages == outpost.sms.pages == []


async def test_a_cancelled_page_is_said_to_who_was_reached_whatever_else_is_said(
    outpost: Outpost,
) -> None:
    """Two notices to one person are one message; once the second reason was lost in it."""
    one = await outpost.opens("one", "P2")
    two = await outpost.opens("two", "P1")
    await outpost.incidents.cancel_pages(two, outpost.ask("ben"))
    await outpost.deliver()
    ((person, text),) = outpost.web.messages
    assert person == "ann"
    assert f"#{two}: Paging was cancelled" in text.replace("\\", "")
    assert f"#{one}" in text


async def test_a_storm_is_one_page_that_counts_and_swallows_no_second_way(
    outpost: Outpost,
) -> None:
    for n in range(60):
        await outpost.opens(f"storm {n}", "P1")
    await outpost.deliver()
    assert rung(outpost) == ["P1 storm 0 #1 and 59 more"]
    assert await outpost.states(kind="Page", destination="sms", state="done") == []
    outpost.clock.forward(seconds=60)
    await outpost.deliver()
    assert [line for _, line in outpost.sms.pages] == ["P1 storm 0 #1 and 59 more"]


async def test_a_webhook_with_a_long_address_is_paged_and_told(both_outpost: Outpost) -> None:
    """The address once stood in a key of 300 characters, and PostgreSQL refused the incident."""
    outpost = both_outpost
    number = await outpost.opens("p99 over 2 s", "P4")
    urls = [f"https://pager.example/{'a' * 1_500}/{n}" for n in range(2)]
    targets = tuple(Target(kind=TargetKind.WEBHOOK, id=url) for url in urls)

    async def ring(unit: Unit) -> None:
        incident = await unit.incident(number)
        outpost.paging.ring(unit.ledger, incident, Reached(outside=targets), "1")
        outpost.paging.tell_quietly(
            unit.ledger, incident, Reached(outside=targets), "manager", "escalated"
        )

    await outpost.work(ring, lane=Lane.TIMERS)
    await outpost.deliver()
    # Two receivers are called at once; nobody promises which answers first.
    assert sorted(to for to, _ in outpost.webhook.pages) == [f"webhook:{url}" for url in urls]
    assert await outpost.states(kind="Page", destination="webhook") == ["done", "done"]
