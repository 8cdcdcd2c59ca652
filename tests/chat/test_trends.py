"""`summary --about trends`: how the incidents of a service change, counted for whoever may look."""

from datetime import timedelta
from typing import Any

import pytest

from tests.chat.conftest import Desk, words


async def over(desk: Desk, number: int, acknowledged: timedelta, resolved: timedelta) -> None:
    desk.clock.forward(seconds=acknowledged.total_seconds())
    await desk.say("ben", f"ack #{number}")
    await desk.say("ben", f"start #{number}")
    desk.clock.forward(seconds=(resolved - acknowledged).total_seconds())
    await desk.say("ben", f"resolve #{number} Restarted it")


async def test_a_month_is_told_beside_the_month_before(desk: Desk) -> None:
    of_checkout: dict[str, Any] = {"service": "checkout"}
    old = await desk.alert_opens("Queue of node 7 is full", **of_checkout)
    await over(desk, old, timedelta(minutes=10), timedelta(hours=2))
    desk.clock.forward(days=31)
    for node in (8, 9):
        one = await desk.alert_opens(f"Queue of node {node} is full", **of_checkout)
        await over(desk, one, timedelta(minutes=4), timedelta(minutes=30))
        desk.clock.forward(days=1)
    await desk.alert_opens("Another service", service="search")
    now = await desk.alert_opens("Checkout is slow", **of_checkout)
    said = words(await desk.say("ben", f"summary #{now} --about trends"))
    assert "checkout: 3 incidents in 30 days (P1: 3); 1 in the 30 days before." in said
    assert "Acknowledged after 4m, by the median; 10m in the 30 days before." in said
    assert "Over after 30m, by the median; 2h in the 30 days before." in said
    assert "3 times in 60 days" in said
    assert "Queue of node 9 is full" in said
    assert f"1 incident not over yet. [#{now}]" in said
    assert "Another service" not in said


async def test_without_a_service_there_is_nothing_to_compare(desk: Desk) -> None:
    number = await desk.alert_opens("Something is odd")
    reply = await desk.say("ben", f"summary #{number} --about trends")
    assert "names no service" in words(reply)


async def test_of_more_than_are_read_nothing_is_compared(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.engine.analysis.analysing.LONGEST_PAGE", 2)
    of_checkout: dict[str, Any] = {"service": "checkout"}
    for n in range(3):
        number = await desk.alert_opens(f"Checkout is slow {n}", **of_checkout)
    said = words(await desk.say("ben", f"summary #{number} --about trends"))
    assert "checkout: at least 2 incidents in 30 days; only these are looked at." in said
    assert "before" not in said
