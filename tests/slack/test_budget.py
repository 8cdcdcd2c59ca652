"""The noise budget: a long incident, told in a handful of messages; the rest is in its thread."""

from aiohttp import ClientSession

from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.slack import Channel, Message, Slack
from tests.fakes.slack.spoken import spoken
from tests.slack.office import Office, buttons, opened

BUDGET = 12
"""Messages that everybody in a channel sees, of fifty alerts that join, ten tasks, six changes of
roles and three updates."""

LEADS = ("ann", "ben") * 3
"""The loudest of roles: whoever leads is told to the channel, the others to the thread."""


def alert(n: int) -> dict[str, object]:
    return {
        "status": "firing",
        "labels": {"alertname": f"Latency{n}", "service": "payments", "severity": "warning"},
        "annotations": {"summary": f"p99 over 2 s on host {n}"},
        "startsAt": "2026-01-05T09:00:00Z",
        "fingerprint": f"f{n}",
    }


async def fires(office: Office, n: int) -> None:
    """Alertmanager tells of one more alert of the same group."""
    body = {"status": "firing", "groupKey": "payments", "alerts": [alert(n)]}
    async with (
        ClientSession() as session,
        session.post(f"{office.address}webhooks/alertmanager", json=body) as answer,
    ):
        assert answer.status == 202, await answer.text()


async def test_a_long_incident_makes_at_most_twelve_messages_outside_its_thread(
    slack: Slack, sqlite_store: SqlStore, clock: FakeClock
) -> None:
    slack.add_channel("announcements", slack.app.bot_user)
    announcing = {"ANNOUNCE_CHANNEL": "#announcements"}
    async with opened(
        slack, sqlite_store, clock, by_http=False, delivers=True, configured=announcing
    ) as office:
        await fires(office, 0)
        card = await the_card(office)
        room = office.slack.workspace.channels[card.channel]
        await office.ann.join(room)
        for n in range(1, 51):
            await fires(office, n)
        for n in range(10):
            await office.ann.command(f"/incident task look at host {n} @ben", room)
        for who in LEADS:
            await office.ann.command(f"/incident role lead @{who}", room)
        for n in range(3):
            await office.ann.command(f"/incident update we know {n}", room)
        await office.done()
        await office.delivered(lambda: any("we know 2" in spoken(m) for m in top(office)))
        await everything_went_out(office)

        assert (await office.types(1)).count("alert_joined") == 50
        assert (await office.types(1)).count("task_added") == 10
        assert (await office.types(1)).count("role_changed") == 6
        assert len(top(office)) <= BUDGET, [spoken(m)[:80] for m in top(office)]
        thread = room.thread(card.ts)
        assert len([m for m in thread if "added task" in spoken(m)]) == 10
        assert len([m for m in thread if "joined" in spoken(m)]) == 50
        assert "Open tasks: 10 of 10" in spoken(card)
        assert len([m for m in office.said_in(room) if buttons(m)]) == 1, "one live card"


def top(office: Office) -> list[Message]:
    """What Muster said outside threads, where others read it."""
    channels = [c for c in office.slack.workspace.channels.values() if c.name]
    return [m for c in channels for m in office.said_in(c) if m.top_level]


async def the_card(office: Office) -> Message:
    def found() -> list[Message]:
        rooms: list[Channel] = [
            c for c in office.slack.workspace.channels.values() if c.name.startswith("inc-1-")
        ]
        return [m for room in rooms for m in office.said_in(room) if buttons(m)]

    await office.delivered(found)
    return found()[0]


async def everything_went_out(office: Office) -> None:
    """Slack takes a message a second into each channel; time passes as its calls come in."""
    for _ in range(300):
        if (await office.muster.queries.delivery()).pending == 0:
            return
        office.clock.forward(seconds=2)
        office.muster.delivery.look()
        before = len(office.slack.calls)
        try:
            await office.slack.until(lambda: len(office.slack.calls) > before, within=0.3)  # noqa: B023 - asked at once
        except TimeoutError:
            continue
    raise AssertionError("something is still on its way")
