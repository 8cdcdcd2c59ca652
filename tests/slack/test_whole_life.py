"""The whole life of an incident, from Alertmanager's payload to the archived channel, by HTTP and
by Socket Mode: everything that people should see comes, and nothing else."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.domain.lifecycle import State
from bot.domain.policy import Policies
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.policies import PEOPLE, company
from tests.fakes.sights import Expected, post, reply
from tests.fakes.slack import Message, Slack
from tests.fakes.slack.collector import (
    bookmark,
    expect_only,
    invited,
    pin,
    purpose,
    topic,
    whisper,
)
from tests.fakes.slack.collector import room as a_room
from tests.fakes.slack.spoken import spoken
from tests.slack.office import Office, buttons, install, opened
from tests.slack.test_life import opens, said, stands


def policies() -> Policies:
    """Ann is on call; whoever is paged is told in Slack; the team's group comes into each room."""
    ways = {"contact": [{"channel": "slack"}]}
    known = {"ann": {"slack": "U0ANN"}, "ben": {"email": "ben@example.com"}}
    people = {id: {**person, **known.get(id, {}), **ways} for id, person in PEOPLE.items()}
    links = {"runbook": "https://run.example/p", "dashboard": "https://dash.example/p"}
    return company(
        people=people,
        services={"payments": {"owner": "payments", **links}},
        teams={
            "payments": {
                "members": ["ann", "ben"],
                "schedule": "payments",
                "manager": "eva",
                "invite": ["@payments"],
            }
        },
    )


@pytest.fixture(params=["http", "socket"])
async def office(
    request: pytest.FixtureRequest, slack: Slack, sqlite_store: SqlStore, clock: FakeClock
) -> AsyncIterator[Office]:
    """An app with what our manifest asks for, and no scope or event more."""
    by_http = request.param == "http"
    install(slack, public=by_http)
    slack.add_channel("incidents")
    slack.add_channel("announcements")
    slack.add_group("payments", slack.add_user("cara").id)
    async with opened(
        slack,
        sqlite_store,
        clock,
        by_http=by_http,
        delivers=True,
        policies=policies(),
        configured={"DIGEST_CHANNEL": "#incidents", "ANNOUNCE_CHANNEL": "#announcements"},
    ) as office:
        yield office


def alert(name: str, status: str = "firing") -> dict[str, Any]:
    return {
        "status": status,
        "labels": {"alertname": name, "service": "payments", "severity": "high"},
        "annotations": {"summary": "payments: p99 over 2 s"},
        "startsAt": "2026-01-05T08:58:00Z",
        "endsAt": "2026-01-05T09:40:00Z" if status == "resolved" else "0001-01-01T00:00:00Z",
        "fingerprint": f"f-{name}",
    }


async def alertmanager_tells(office: Office, *alerts: dict[str, Any]) -> list[str]:
    """As Alertmanager posts a group; the decisions."""
    status = "firing" if any(a["status"] == "firing" for a in alerts) else "resolved"
    group = {"version": "4", "groupKey": '{}:{service="payments"}', "status": status}
    body = {**group, "receiver": "muster", "alerts": list(alerts)}
    async with (
        ClientSession() as session,
        session.post(f"{office.address}webhooks/alertmanager", json=body) as answer,
    ):
        assert answer.status == 202
        return [event["decision"] for event in (await answer.json())["events"]]


async def test_from_the_alert_to_the_archived_channel(office: Office) -> None:
    slack, ann, ben = office.slack, office.ann, office.ben
    assert await alertmanager_tells(office, alert("Latency")) == ["OPENED"]
    room = await opens(office, "inc-1-latency")
    card = await stands(office, room, "Latency")
    await office.delivered(lambda: room.pins and len(room.bookmarks) == 3)
    await office.delivered(lambda: ann.id in room.members)

    await ben.join(room)
    await ben.hears("Latency")
    await ben.press("Acknowledge", card)
    await ben.hears("You have #1.")
    await office.delivered(lambda: "Acknowledge" not in buttons(card))

    await ann.command("/incident role", room)
    await ann.sees("Roles")
    await ann.submit({"role": "lead", "person": "ben"})
    await ann.hears("Lead of #1: Ben Ito.")
    await office.delivered(lambda: "Ben Ito" in spoken(card))

    await ben.command("/incident update", room)
    await ben.sees("Update of #1")
    await ben.submit({"known": "the cache is cold", "doing": "we warm it"})
    await office.delivered(lambda: said(office, room, "the cache is cold"))

    finding = await ann.say("it began with the deploy", room)
    hint = await ben.say("the deploy is rolled back", room)
    office.clock.forward(minutes=2)
    await ann.pin(finding)
    await ben.react("memo", hint)
    await office.done()

    await ben.mention("severity P0 checkout is hit too", room)
    await ben.hears("#1 is P0 now.")
    await office.delivered(lambda: "P0" in room.topic.value and "P0" in spoken(card))

    assert await alertmanager_tells(office, alert("Errors")) == ["JOINED_INCIDENT"]
    await office.delivered(lambda: "Errors" in str(thread(office, card)))

    cleared = [alert(name, "resolved") for name in ("Latency", "Errors")]
    assert await alertmanager_tells(office, *cleared) == ["RESOLVED", "RESOLVED"]
    office.clock.forward(seconds=61)
    await office.delivered(lambda: "Resolved" in spoken(card))
    assert (await office.incident(1)).status is State.RESOLVED
    await office.delivered(lambda: "is drafted" in str(thread(office, card)))

    await ann.press("Close", card)
    await office.done()
    assert (await office.incident(1)).status is State.CLOSED
    await office.delivered(lambda: "Closed" in spoken(card))
    (told,) = slack.room("announcements").top_level()
    await office.delivered(lambda: "Closed" in spoken(told))

    office.clock.forward(days=6, hours=23)
    await ann.command("/incident status #1", office.general)
    await ann.hears("#1 Latency")
    assert not room.is_archived
    office.clock.forward(hours=2)
    await office.delivered(lambda: room.is_archived)

    assert slack.refused == [("conversations.invite", "already_in_channel")], "Ben came by himself"
    expect_only(slack, *in_the_room(room.name), *to_people(), *elsewhere())


def in_the_room(name: str) -> list[Expected]:
    """Seven lines for everybody, details in the thread of the card."""
    return [
        a_room(name, archived=True),
        topic(name, "P0 · #1 · Latency"),
        purpose(name, "INC-20260105-00001"),
        invited(name, "cara", "ann"),
        bookmark(name, "Muster http"),
        bookmark(name, "Runbook https://run.example/p"),
        bookmark(name, "Dashboard https://dash.example/p"),
        post(name, re.compile("^🔴 #1 Latency(?s:.)*State: Closed(?s:.)*Lead: Ben Ito")),
        pin(name, "🔴 #1 Latency"),
        post(name, "Ben Ito has it."),
        post(name, "Ben Ito is lead now (by Ann Olsen)."),
        post(name, re.compile("Update by Ben Ito: the cache is cold(?s:.)*we warm it")),
        post(name, "Ben Ito changed the severity from P1 to P0: checkout is hit too"),
        post(name, "cleared by its source"),
        post(name, "Ann Olsen closed it."),
        reply(name, "it began with the deploy"),
        reply(name, "the deploy is rolled back"),
        reply(name, "An alert of alertmanager joined: Errors"),
        reply(name, "All alerts have cleared."),
        reply(name, "The postmortem of #1 is drafted"),
    ]


def to_people() -> list[Expected]:
    """The page, a catch-up for who comes in, and the answers to what they did."""
    return [
        post("ann", "🟠 P1 payments: Latency #1"),
        whisper("ann", "#1: catch up"),
        whisper("ann", "Lead of #1: Ben Ito."),
        whisper("ann", "Closed #1."),
        whisper("ann", "#1 Latency"),
        whisper("cara", "#1: catch up"),
        whisper("ben", "#1: catch up"),
        whisper("ben", "You have #1."),
        whisper("ben", "Update of #1 is out."),
        whisper("ben", "#1 is P0 now."),
    ]


def elsewhere() -> list[Expected]:
    """One announcement, edited in place; `general` is a channel that the app made before."""
    return [post("announcements", "State: Closed"), a_room("general")]


def thread(office: Office, card: Message) -> list[str]:
    return [spoken(m) for m in office.slack.workspace.channels[card.channel].thread(card.ts)]
